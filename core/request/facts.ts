import { attributeOf } from "../attributes";
import { List, none } from "../list";
import { Json } from "../json/read";
import { Text } from "../text";
import { MAX_ID } from "./id-mapping";
import { readTexts, readUpTo, readWord } from "./values";

/** What a path leads to; unknown where nobody said. */
export enum SourceKind { File, Directory, Block, Char, Fifo, Socket, Missing, Unknown }
const KINDS: StaticArray<string> = ["file", "directory", "block", "char", "fifo", "socket", "missing"];

/** What the host saw of a source. */
@final @unmanaged
export class SourceFacts {
  kind: SourceKind = SourceKind.Unknown;
  filesystem: Text = Text.empty;
  filesystemOptions: List<Text> = none<Text>();
  /** -1 where nobody counted. */
  files: i64 = -1;
  gid: i64 = 0;
  attributes: u32 = 0;
  hasMountsBelow: bool = false;
  identity: Text = Text.empty;
  /** Whether something is mounted right on it; a preview need not say so. */
  isMountPoint: bool = true;
  /** Where the source lies in an emptyDir, if by another path than its own. */
  emptyDirPath: Text = Text.empty;
}

export function readFacts(json: Json, facts: SourceFacts): void {
  json.object();
  while (json.field()) {
    // In the order in which a host has them most often.
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

export function readAttributes(json: Json): u32 {
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
