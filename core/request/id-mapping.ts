import { JsonReader } from "../json/read";
import { JsonWriter } from "../json/write";
import { List } from "../list";
import { readUpTo } from "./values";

/** The largest id of a user or group. */
export const MAX_ID: i64 = 0xffffffff;

/** A range of ids that an idmapped mount maps (OCI runtime-spec: LinuxIDMapping). */
@final @unmanaged
export class IdMapping {
  containerID: i64 = -1;
  hostID: i64 = -1;
  size: i64 = -1;
}

/** Reads an array of id mappings. */
export function readIdMappings(json: JsonReader): List<IdMapping> {
  const mappings: List<IdMapping> = new List<IdMapping>();
  json.array();
  while (json.item()) mappings.push(readIdMapping(json));
  return mappings;
}

function readIdMapping(json: JsonReader): IdMapping {
  const mapping = new IdMapping();
  json.object();
  while (json.field()) {
    if (json.is("containerID")) mapping.containerID = readUpTo(json, MAX_ID);
    else if (json.is("hostID")) mapping.hostID = readUpTo(json, MAX_ID);
    else if (json.is("size")) mapping.size = readUpTo(json, MAX_ID);
    else json.unknownField();
  }
  json.require(mapping.containerID >= 0, "containerID");
  json.require(mapping.hostID >= 0, "hostID");
  json.require(mapping.size >= 0, "size");
  return mapping;
}

/** Writes the fields of a mount for those of its mappings that are not empty. */
export function writeIdMappings(to: JsonWriter, uids: List<IdMapping>, gids: List<IdMapping>): void {
  if (uids.length > 0) write(to.raw(',"uidMappings":'), uids);
  if (gids.length > 0) write(to.raw(',"gidMappings":'), gids);
}

function write(to: JsonWriter, mappings: List<IdMapping>): void {
  for (let i = 0; i < mappings.length; i++) {
    const mapping = mappings[i];
    to.raw(i == 0 ? '[{"containerID":' : ',{"containerID":').integer(mapping.containerID);
    to.raw(',"hostID":').integer(mapping.hostID).raw(',"size":').integer(mapping.size).raw("}");
  }
  to.raw("]");
}
