import type { JsonCursor } from "./json-cursor.ts";
import { readIdMappings } from "./read-step.ts";
import type { OciMount } from "./types.ts";

// What the letter after `,"` says of the field that comes next.
const LETTER = ',"'.length;
const T = "t".charCodeAt(0);
const S = "s".charCodeAt(0);
const O = "o".charCodeAt(0);
const BRACE = "}".charCodeAt(0);

/** The mount of the container's specification that the cursor stands at. */
export function readOciMount(json: JsonCursor): OciMount {
  const destination = json.string('{"destination":');
  if (json.letter(LETTER) !== T) return rest(json, { destination });
  const type = json.string(',"type":');
  if (json.letter(LETTER) !== S) return rest(json, { destination, type });
  const source = json.string(',"source":');
  if (json.letter(LETTER) !== O) return rest(json, { destination, type, source });
  const options = json.strings(',"options":');
  if (json.letter(0) !== BRACE) return rest(json, { destination, type, source, options });
  json.at += 1;
  return Object.freeze({ destination, type, source, options });
}

// Few mounts lack a field of those, or have more.
function rest(json: JsonCursor, mount: { -readonly [K in keyof OciMount]: OciMount[K] }): OciMount {
  if (json.stands(',"source":')) mount.source = json.string(',"source":');
  if (json.stands(',"options":')) mount.options = json.strings(',"options":');
  if (json.stands(',"uidMappings":')) mount.uidMappings = readIdMappings(json, ',"uidMappings":');
  if (json.stands(',"gidMappings":')) mount.gidMappings = readIdMappings(json, ',"gidMappings":');
  json.at += 1;
  return Object.freeze(mount);
}
