import { Place } from "../place";
import { refuse } from "../refusal";
import { RootFs } from "../request/root-fs";
import { Text } from "../text";
import { optionPath } from "./root-kind";

const CODE: string = "needs-mount-manager";

/**
 * Refuses a root filesystem that is still work for containerd's mount manager (2.2, for its erofs snapshotter): nothing is
 * mounted on its target yet, which is an empty directory.
 */
export function checkMade(rootFs: RootFs, place: Place): void {
  const type = rootFs.type;
  const source = rootFs.source;
  const options = rootFs.options;
  if (isOfManager(type)) place.refuse(CODE, type, "type");
  if (source != null && isTemplate(source)) place.refuse(CODE, source, "source");
  for (let i = 0; i < options.length; i++) {
    if (options[i].startsWith("X-containerd.") || isTemplate(options[i])) refuse(CODE, options[i], optionPath(i));
  }
}

function isOfManager(type: Text): bool {
  const isMade = type.startsWith("format/") || type.startsWith("mkdir/") || type.startsWith("mkfs/");
  return isMade || type.startsWith("dmverity/") || type.is("loop");
}

// Of an earlier mount its directory or source, such as "{{ mount 0 }}".
function isTemplate(text: Text): bool {
  return text.includes("{{");
}
