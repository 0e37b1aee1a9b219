import { READ_ONLY } from "../attributes";
import { List } from "../list";
import * as directories from "../directories";
import { inArray } from "../json/path";
import { MAX_WRITTEN } from "../json/write";
import { base, join } from "../path";
import { refuse } from "../refusal";
import { Sandbox } from "../request/sandbox";
import { bind, guard, mark, mkdir, mountHub, mountView, rafsUmount, remove, umount } from "../step";
import { Text } from "../text";
import { Plan } from "./plan";
import { sandboxStorages } from "./sandbox-storages";

/** Kata's sharedDirMode: nobody else may look into the sandbox's directory, or hold its lock. */
const PRIVATE_MODE: i32 = 0o700;
/** Kata's DirMode. */
export const DIRECTORY_MODE: i32 = 0o750;

/** The mark, guard, hub and view, then the sandbox's own bind mounts; and what the guest is to mount for the whole sandbox. */
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
  plan.add(mkdir(hub, DIRECTORY_MODE));
  plan.add(mkdir(view, PRIVATE_MODE));
  plan.add(mountHub(hub, DIRECTORY_MODE));
  plan.add(mountView(hub, view));
  bindMounts(plan, sandbox.sandboxBindMounts);
  return plan;
}

function bindMounts(plan: Plan, sources: List<Text>): void {
  if (sources.length == 0) return;
  const parent = directories.sandboxMounts(plan.directory);
  // Each bind writes its target three times; what cannot be written need not be made.
  if (<usize>sources.length * <usize>parent.length * 3 > MAX_WRITTEN) {
    refuse("too-large", null, Text.empty);
    return;
  }
  plan.add(mkdir(parent, DIRECTORY_MODE));
  for (let i = 0; i < sources.length; i++) {
    plan.add(bind(sources[i], join(parent, base(sources[i])), false, READ_ONLY));
  }
}

/**
 * The guard goes, and with it everything that is mounted below it; then the empty directories, also one that a killed
 * process left, and the mark. Hub and view are named
 * too, for a directory that lost its guard. `revoke` are shares that consumers may hold copies of, `rafs` containers whose
 * image nydusd has mounted.
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
