import { READ_ONLY } from "../attributes";
import * as directories from "../directories";
import { inArray } from "../json/path";
import { MAX_WRITTEN } from "../json/write";
import { List } from "../list";
import { base, join } from "../path";
import { refuse } from "../refusal";
import { Profile, Sandbox } from "../request/sandbox";
import { bind, guard, mark, mkdir, mountHub, mountView, rafsUmount, remove, umount } from "../step";
import { Text } from "../text";
import { Plan } from "./plan";
import { sandboxStorages } from "./sandbox-storages";

/** The mode of directories that no other user may enter or lock (Kata: sharedDirMode). */
const PRIVATE_MODE: i32 = 0o700;

/** Plans the mark, guard, hub, view and bind mounts of a sandbox, and what the guest mounts for the whole sandbox. */
export function prepare(sandbox: Sandbox): Plan {
  const plan = new Plan(directories.sandboxDirectory(sandbox));
  plan.storages = sandboxStorages(sandbox);
  if (!sandbox.sharesFilesystem()) {
    const mounts = sandbox.sandboxBindMounts;
    const path = Text.of("sandbox.sandboxBindMounts");
    if (mounts.length > 0) refuse("needs-sharing", mounts[0], inArray(path, 0));
    return plan;
  }
  const directory = plan.directory;
  const hub = directories.hub(directory);
  const view = directories.view(directory);
  plan.add(mkdir(directory, PRIVATE_MODE));
  plan.add(mark(directories.mark(directory)));
  plan.add(guard(directory));
  plan.add(mkdir(hub, directories.DIRECTORY_MODE));
  plan.add(mkdir(view, PRIVATE_MODE));
  plan.add(mountHub(hub, directories.DIRECTORY_MODE));
  plan.add(mountView(hub, view));
  if (sandbox.profile == Profile.Vm) plan.add(mkdir(directories.machine(directory), PRIVATE_MODE));
  bindMounts(plan, sandbox.sandboxBindMounts);
  return plan;
}

function bindMounts(plan: Plan, sources: List<Text>): void {
  if (sources.length == 0) return;
  const parent = directories.sandboxMounts(plan.directory);
  // Each bind writes its target three times. A plan that would be too large is not made.
  if (<usize>sources.length * <usize>parent.length * 3 > MAX_WRITTEN) {
    refuse("too-large", null, Text.empty);
    return;
  }
  plan.add(mkdir(parent, directories.DIRECTORY_MODE));
  for (let i = 0; i < sources.length; i++) {
    plan.add(bind(sources[i], join(parent, base(sources[i])), false, READ_ONLY));
  }
}

/**
 * Plans to unmount the guard with all that is mounted below it, and to remove the mark and the empty directories, including a
 * staging directory that a killed process left. Hub and view are unmounted by name, too, in case the guard is gone.
 *
 * `revoke` names shares that are unmounted one by one before, because consumers may have copies of their mounts. `rafs` names
 * the containers whose images nydusd has mounted.
 */
export function cleanup(sandbox: Sandbox, revoke: List<Text>, rafs: List<Text>): Plan {
  const directory = directories.sandboxDirectory(sandbox);
  const hub = directories.hub(directory);
  const view = directories.view(directory);
  const plan = new Plan(directory);
  for (let i = 0; i < rafs.length; i++) plan.add(rafsUmount(directories.rafs(rafs[i])));
  for (let i = 0; i < revoke.length; i++) {
    const share = join(hub, revoke[i]);
    plan.add(umount(share));
    plan.add(remove(share));
  }
  plan.add(umount(directory));
  plan.add(umount(view));
  plan.add(umount(hub));
  plan.add(remove(view));
  plan.add(remove(hub));
  plan.add(remove(directories.staging(directory)));
  plan.add(remove(directories.mark(directory)));
  plan.add(remove(directory));
  return plan;
}
