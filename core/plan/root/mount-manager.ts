import { refuse } from "../../refusal";
import { RequestLocation } from "../../request/location";
import { RootFs } from "../../request/root-fs";
import { Text } from "../../text";
import { optionPath } from "./root-kind";

const CODE: string = "needs-mount-manager";

/**
 * Refuses a root filesystem that containerd's mount manager has not activated yet (2.2, for its erofs snapshotter): its target
 * is still an empty directory.
 */
export function checkActivated(rootFs: RootFs, location: RequestLocation): void {
  const type = rootFs.type;
  const source = rootFs.source;
  const options = rootFs.options;
  if (isForManager(type)) location.refuse(CODE, type, "type");
  if (source != null && isTemplate(source)) location.refuse(CODE, source, "source");
  for (let i = 0; i < options.length; i++) {
    if (options[i].startsWith("X-containerd.") || isTemplate(options[i])) refuse(CODE, options[i], optionPath(i));
  }
}

function isForManager(type: Text): bool {
  const isTask = type.startsWith("format/") || type.startsWith("mkdir/") || type.startsWith("mkfs/");
  return isTask || type.startsWith("dmverity/") || type.is("loop");
}

// A template, such as "{{ mount 0 }}", stands for the directory or source of an earlier mount.
function isTemplate(text: Text): bool {
  return text.includes("{{");
}
