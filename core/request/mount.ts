import { JsonReader } from "../json/read";
import { List, none } from "../list";
import { Text } from "../text";
import { BlockDrive, readBlockDrive } from "./block-drive";
import { readFacts, SourceFacts } from "./facts";
import { IdMapping, MAX_ID, readIdMappings } from "./id-mapping";
import { readTexts, readUpTo, readWord } from "./values";

export enum ChangePolicy { Always, OnRootMismatch }
const POLICIES: StaticArray<string> = ["Always", "OnRootMismatch"];

const KEYS: StaticArray<string> = ["ephemeral"];

/** The disk that the guest mounts in place of a directory of the host (Kata's direct volume). */
@final @unmanaged
export class DirectVolume {
  device: Text = Text.empty;
  fstype: Text = Text.empty;
  options: List<Text> = none<Text>();
}

/** A mount of a container (OCI runtime-spec), with the fields that the host adds. */
@final @unmanaged
export class Mount {
  source: Text | null = null;
  destination: Text = Text.empty;
  type: Text | null = null;
  options: List<Text> = none<Text>();
  hasOptions: bool = false;
  readOnly: bool = false;
  hostPath: Text | null = null;
  uidMappings: List<IdMapping> = none<IdMapping>();
  gidMappings: List<IdMapping> = none<IdMapping>();
  blockDrive: BlockDrive | null = null;
  directVolume: DirectVolume | null = null;
  /** -1 for none. */
  fsGroup: i64 = -1;
  fsGroupChangePolicy: ChangePolicy = ChangePolicy.Always;
  createFilesystem: bool = false;
  isEncrypted: bool = false;
  discard: bool = false;
  readonly facts: SourceFacts = new SourceFacts();
}

/** Reads a mount. */
export function readMount(json: JsonReader): Mount {
  const mount = new Mount();
  json.object();
  while (json.field()) {
    if (!readOciField(json, mount) && !readHostField(json, mount) && !readDiskField(json, mount)) json.unknownField();
  }
  json.require(mount.destination.length > 0, "destination");
  return mount;
}

function readOciField(json: JsonReader, mount: Mount): bool {
  if (json.is("destination")) mount.destination = readDestination(json);
  else if (json.is("source")) mount.source = json.text();
  else if (json.is("type")) mount.type = json.text();
  else if (json.is("options")) {
    mount.options = readTexts(json);
    mount.hasOptions = true;
  } else return false;
  return true;
}

function readHostField(json: JsonReader, mount: Mount): bool {
  if (json.is("facts")) readFacts(json, mount.facts);
  else if (json.is("readOnly")) mount.readOnly = json.boolean();
  else if (json.is("hostPath")) mount.hostPath = json.text();
  else if (json.is("uidMappings")) mount.uidMappings = readIdMappings(json);
  else if (json.is("gidMappings")) mount.gidMappings = readIdMappings(json);
  else return false;
  return true;
}

function readDiskField(json: JsonReader, mount: Mount): bool {
  if (json.is("blockDrive")) mount.blockDrive = readBlockDrive(json);
  else if (json.is("directVolume")) mount.directVolume = readDirectVolume(json);
  else if (json.is("fsGroup")) mount.fsGroup = readUpTo(json, MAX_ID);
  else if (json.is("fsGroupChangePolicy")) mount.fsGroupChangePolicy = readWord(json, POLICIES);
  else if (json.is("createFilesystem")) mount.createFilesystem = json.boolean();
  else if (json.is("encryptionKey")) mount.isEncrypted = readWord(json, KEYS) == 0;
  else if (json.is("discard")) mount.discard = json.boolean();
  else return false;
  return true;
}

function readDestination(json: JsonReader): Text {
  const destination = json.text();
  if (destination.length == 0) json.refuse("empty", null);
  return destination;
}

function readDirectVolume(json: JsonReader): DirectVolume {
  const volume = new DirectVolume();
  json.object();
  while (json.field()) {
    if (json.is("device")) volume.device = json.text();
    else if (json.is("fstype")) volume.fstype = json.text();
    else if (json.is("options")) volume.options = readTexts(json);
    else json.unknownField();
  }
  json.require(volume.device.length > 0, "device");
  return volume;
}
