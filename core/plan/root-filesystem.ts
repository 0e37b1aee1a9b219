import * as directories from "../directories";
import { join } from "../path";
import { refuse } from "../refusal";
import { Container, RootFs } from "../request/container";
import { Sandbox } from "../request/sandbox";
import { bind, mkdir, READ_ONLY, remove, Step, umount } from "../step";
import { Text } from "../text";
import { blockStorage } from "./block";
import { sourceOf } from "./file";
import { BindOptions, bindOptions } from "./options";
import { Plan, SharedFile } from "./plan";
import { kindOf, RootKind } from "./root-kind";
import { DIRECTORY_MODE } from "./sandbox";

/** A container's root filesystem: pulled by the guest, a disk that the guest mounts, or a directory that is shared. */
export function shareRootFilesystem(sandbox: Sandbox, container: Container): Plan {
  const plan = new Plan(directories.sandboxDirectory(sandbox));
  const guest = join(directories.guestDirectory(sandbox), container.id);
  const shared = new SharedFile(join(guest, container.rootfsSuffix));
  plan.shared = shared;
  const kind = kindOf(sandbox, container);
  if (kind == RootKind.Block) {
    const storage = blockStorage(sandbox, container, guest);
    if (storage != null) shared.storages.push(storage);
  }
  if (kind == RootKind.Offload) return plan;
  if (!sandbox.sharesFilesystem()) {
    if (kind == RootKind.Bind) refuse("needs-sharing", container.rootFs.target, Text.of("container.rootFs"));
    return plan;
  }
  const directory = join(directories.hub(plan.directory), container.id);
  plan.add(mkdir(directory, DIRECTORY_MODE));
  if (kind == RootKind.Bind) plan.add(bindRoot(container, directory));
  else if (container.rootfsSuffix.length > 0) plan.add(mkdir(join(directory, container.rootfsSuffix), DIRECTORY_MODE));
  return plan;
}

/** Takes back the mount and the directories of `shareRootFilesystem`. */
export function unshareRootFilesystem(sandbox: Sandbox, container: Container): Plan {
  const plan = new Plan(directories.sandboxDirectory(sandbox));
  const kind = kindOf(sandbox, container);
  if (kind == RootKind.Offload || !sandbox.sharesFilesystem()) return plan;
  const directory = join(directories.hub(plan.directory), container.id);
  const suffix = kind == RootKind.Bind ? Text.of("rootfs") : container.rootfsSuffix;
  const root = join(directory, suffix);
  if (kind == RootKind.Bind) plan.add(umount(root));
  if (suffix.length > 0) plan.add(remove(root));
  plan.add(remove(directory));
  return plan;
}

// Kata binds at the literal "rootfs", and appends the suffix only to the guest's path.
function bindRoot(container: Container, directory: Text): Step {
  const rootFs = container.rootFs;
  const source = sourceOf(container.bundle, rootFs.target, "container.rootFs.target");
  const options = rootOptions(rootFs);
  return bind(source, join(directory, Text.of("rootfs")), options.recursive, options.attributes);
}

// What is mounted at the target already has a bind's options to obey; those of another type made that mount itself.
function rootOptions(rootFs: RootFs): BindOptions {
  const path = "container.rootFs.options";
  if (rootFs.type.length == 0 || rootFs.type.is("bind")) return bindOptions(rootFs.options, path);
  const options = new BindOptions();
  for (let i = 0; i < rootFs.options.length; i++) {
    if (rootFs.options[i].is("ro")) options.attributes = READ_ONLY;
  }
  return options;
}
