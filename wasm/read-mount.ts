import type { JsonCursor } from "./json-cursor.ts";
import { readIdMappings } from "./read-step.ts";
import type { OciMount } from "./types.ts";

/** The mount of the container's specification that the cursor stands at. */
export function readOciMount(json: JsonCursor): OciMount {
  const destination = json.string('{"destination":');
  if (!json.stands(',"type":')) return rest(json, { destination });
  const type = json.string(',"type":');
  if (!json.stands(',"source":')) return rest(json, { destination, type });
  const source = json.string(',"source":');
  if (!json.stands(',"options":')) return rest(json, { destination, type, source });
  const mount = { destination, type, source, options: json.strings(',"options":') };
  if (!json.stands("}")) return rest(json, mount);
  json.at += 1;
  return Object.freeze(mount);
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
