import { attributeOf } from "../attributes";
import { JsonReader } from "../json/read";
import { List, none } from "../list";
import { Text } from "../text";
import { MAX_ID } from "./id-mapping";
import { readTexts, readUpTo, readWord } from "./values";

/** The kind of file at a source; Unknown if the request does not say. */
export enum SourceKind { File, Directory, Block, Char, Fifo, Socket, Missing, Unknown }
const KINDS: StaticArray<string> = ["file", "directory", "block", "char", "fifo", "socket", "missing"];

/** What the host found at a source. */
@final @unmanaged
export class SourceFacts {
  kind: SourceKind = SourceKind.Unknown;
  filesystem: Text = Text.empty;
  filesystemOptions: List<Text> = none<Text>();
  /** -1 if the request does not say. */
  files: i64 = -1;
  gid: i64 = 0;
  attributes: u32 = 0;
  hasMountsBelow: bool = false;
  identity: Text = Text.empty;
  /** Whether the source is a mount point. */
  isMountPoint: bool = true;
  /** The path of the source in an emptyDir, if it has another one besides its own. */
  emptyDirPath: Text = Text.empty;
}

/** Reads what the host found at a source. */
export function readFacts(json: JsonReader, facts: SourceFacts): void {
  json.object();
  while (json.field()) {
    // The fields that hosts send most come first.
    if (json.is("kind")) facts.kind = readWord(json, KINDS);
    else if (json.is("gid")) facts.gid = readUpTo(json, MAX_ID);
    else if (json.is("identity")) facts.identity = json.text();
    else if (json.is("filesystem")) facts.filesystem = json.text();
    else if (json.is("attributes")) facts.attributes = readAttributes(json);
    else if (json.is("files")) facts.files = json.integer();
    else if (json.is("hasMountsBelow")) facts.hasMountsBelow = json.boolean();
    else if (json.is("isMountPoint")) facts.isMountPoint = json.boolean();
    else if (json.is("filesystemOptions")) facts.filesystemOptions = readTexts(json);
    else if (json.is("emptyDirPath")) facts.emptyDirPath = json.text();
    else json.unknownField();
  }
}

/** Reads an array of attributes. */
export function readAttributes(json: JsonReader): u32 {
  let attributes: u32 = 0;
  json.array();
  while (json.item()) {
    const word = json.text();
    const attribute = attributeOf(word);
    if (attribute == 0) json.refuse("unknown-word", word);
    attributes |= attribute;
  }
  return attributes;
}
