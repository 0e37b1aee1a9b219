import * as directories from "../directories";
import { below, isAbsolute, isName, join, PATH_MAX, withoutSlashes } from "../path";
import { refuse } from "../refusal";
import { Container } from "../request/container";
import { Mount } from "../request/mount";
import { Sandbox } from "../request/sandbox";
import { shareName } from "../share-name";
import { bind, copy, READ_ONLY, remove, umount } from "../step";
import { Text } from "../text";
import { bindOptions } from "./options";
import { Plan, SharedFile } from "./plan";

/** A file or directory of the host under a name of its own: mounted in the hub, or copied where nothing is shared. */
export function shareFile(sandbox: Sandbox, container: Container, mount: Mount, random: Text): Plan {
  const plan = new Plan(directories.sandboxDirectory(sandbox));
  // First, for the rest of another type's mount means something else.
  if (!isBind(mount)) refuse("unsupported-type", mount.type, Text.of("mount.type"));
  const source = sourceOf(container.bundle, mount.source, "mount.source");
  const options = bindOptions(mount.options, "mount.options");
  const name = shareName(container.id, random, mount.destination);
  if (!sandbox.sharesFilesystem()) {
    plan.shared = new SharedFile(join(directories.guestCopyDirectory(sandbox), name));
    plan.add(copy(withoutSlashes(source), plan.shared!.guestPath));
    return plan;
  }
  const target = join(directories.hub(plan.directory), name);
  plan.shared = new SharedFile(join(directories.guestDirectory(sandbox), name));
  plan.shared!.hostPath = target;
  if (mount.readOnly) options.attributes |= READ_ONLY;
  plan.add(bind(source, target, options.recursive, options.attributes));
  return plan;
}

/** Takes back what `shareFile` mounted at `hostPath`; a mount without one was not shared by a mount. */
export function unshareFile(sandbox: Sandbox, mount: Mount): Plan {
  const plan = new Plan(directories.sandboxDirectory(sandbox));
  const hostPath = mount.hostPath;
  if (hostPath == null) return plan;
  const name = below(directories.hub(plan.directory), hostPath);
  if (name == null || !isName(name)) refuse("outside-sandbox", hostPath, Text.of("mount.hostPath"));
  plan.add(umount(hostPath));
  plan.add(remove(hostPath));
  return plan;
}

/** An absolute source; a relative one starts at the bundle (OCI runtime-spec). Empty where it is refused. */
export function sourceOf(bundle: Text | null, source: Text | null, path: string): Text {
  if (source == null || source.length == 0) {
    refuse("missing-field", fieldOf(Text.of(path)), Text.of(path));
    return Text.empty;
  }
  if (!isAbsolute(source) && bundle == null) refuse("not-absolute", source, Text.of(path));
  const absolute = isAbsolute(source) || bundle == null ? source : join(bundle, source);
  if (absolute.length > PATH_MAX) refuse("too-long", absolute, Text.of(path));
  return absolute;
}

// The last name of a JSON path.
function fieldOf(path: Text): Text {
  let begin = path.length;
  while (begin > 0 && path.at(begin - 1) != 0x2e) begin -= 1;
  return path.from(begin);
}

// OCI: the options make a mount a bind, whatever its type says.
function isBind(mount: Mount): bool {
  const type = mount.type;
  if (type.length == 0 || type.is("bind") || type.is("none")) return true;
  if (type.is("ephemeral") || type.is("local")) return false;
  for (let i = 0; i < mount.options.length; i++) {
    if (mount.options[i].is("bind") || mount.options[i].is("rbind")) return true;
  }
  return false;
}
