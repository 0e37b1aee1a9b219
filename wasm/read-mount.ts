import type { JsonCursor } from "./json-cursor.ts";
import { readIdMappings } from "./read-step.ts";
import type { OciMount } from "./types.ts";

// The first character of the next field's name, after `,"`, tells which field that is.
const NAME = ',"'.length;
const T = "t".charCodeAt(0);
const S = "s".charCodeAt(0);
const O = "o".charCodeAt(0);
const BRACE = "}".charCodeAt(0);

/** Reads a mount of the guest's specification. */
export function readOciMount(json: JsonCursor): OciMount {
  const destination = json.string('{"destination":');
  if (json.codeAt(NAME) !== T) return readRest(json, { destination });
  const type = json.string(',"type":');
  if (json.codeAt(NAME) !== S) return readRest(json, { destination, type });
  const source = json.string(',"source":');
  if (json.codeAt(NAME) !== O) return readRest(json, { destination, type, source });
  const options = json.strings(',"options":');
  if (json.codeAt(0) !== BRACE) return readRest(json, { destination, type, source, options });
  json.at += 1;
  return Object.freeze({ destination, type, source, options });
}

// Only few mounts lack one of those fields, or have others.
function readRest(json: JsonCursor, mount: { -readonly [K in keyof OciMount]: OciMount[K] }): OciMount {
  if (json.startsWith(',"source":')) mount.source = json.string(',"source":');
  if (json.startsWith(',"options":')) mount.options = json.strings(',"options":');
  if (json.startsWith(',"uidMappings":')) mount.uidMappings = readIdMappings(json, ',"uidMappings":');
  if (json.startsWith(',"gidMappings":')) mount.gidMappings = readIdMappings(json, ',"gidMappings":');
  json.at += 1;
  return Object.freeze(mount);
}
