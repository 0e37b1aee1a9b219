import { type FoundSandbox, recognise } from "../../table/mod.ts";
import { checkOptionNames, type OptionNames } from "../../words/option-names.ts";
import { AT_FDCWD } from "../linux/constants.ts";
import { EACCES } from "../linux/errno.ts";
import type { Libc } from "../linux/libc.ts";
import { HUB } from "../linux/names.ts";
import { openLibc } from "../linux/open-libc.ts";
import { paced, type Work } from "../linux/paced.ts";
import { unlessOneOf } from "../linux/syscall-error.ts";
import { Syscalls } from "../linux/syscalls.ts";
import { otherTables } from "./other-namespaces.ts";
import { readTable } from "./read-table.ts";
import { realDirectory } from "./real-directory.ts";
import { usersIn, within } from "./sandbox-files.ts";

/** Which sandboxes are looked for. */
export interface ListOptions {
  /** The directory of the sandboxes. Default: those in any directory are found. */
  readonly hostDir?: string | undefined;
  /**
   * Whether those of other mount namespaces are found, too: Kata's shims have one each. Only namespaces with a process that this user
   * may look at. Default false.
   */
  readonly everywhere?: boolean | undefined;
  /** The way to libc. Default: the one of this runtime. */
  readonly libc?: Libc | undefined;
}

/** A sandbox that was found in this mount namespace or, with `everywhere`, in another one. */
export interface ListedSandbox extends FoundSandbox {
  /** The other namespace's number, as in "mnt:[4026531832]", and a process in it; absent for this one. */
  readonly namespace?: { readonly inode: number; readonly process: number } | undefined;
}

const names: OptionNames<ListOptions> = { hostDir: true, everywhere: true, libc: true };

/** The sandboxes in a directory, or in all. */
export async function listSandboxes(options: ListOptions = {}): Promise<ListedSandbox[]> {
  checkOptionNames(options, names);
  const sys = new Syscalls(options.libc ?? (await openLibc()));
  const hostDir = options.hostDir === undefined ? undefined : realDirectory(sys, options.hostDir);
  const found: ListedSandbox[] = await paced(sandboxesIn(sys, hostDir));
  if (!options.everywhere) return found;
  const known = new Set(found.map(keyOf));
  for (const { mounts, inode, process } of (await otherTables(sys)).tables) {
    for (const sandbox of recognise(mounts, { hostDir })) {
      // A namespace that was made later has a copy of each mount, and is no other place.
      if (known.has(keyOf(sandbox))) continue;
      known.add(keyOf(sandbox));
      const seen = withUsers(sys, sandbox, `/proc/${process}/root`);
      found.push({ ...seen, namespace: { inode, process } });
    }
  }
  return found;
}

// What copies of a sandbox have together: where it is, and what its view shows.
function keyOf({ directory, layout, hub, view, shares }: FoundSandbox): string {
  const mount = hub ?? view ?? shares[0]?.mount;
  return [directory, layout, mount?.device, mount?.root].join(" ");
}

/** The sandboxes in a directory, or in all, of this namespace. */
export function* sandboxesIn(sys: Syscalls, hostDir: string | undefined): Work<FoundSandbox[]> {
  const found: FoundSandbox[] = [];
  for (const sandbox of recognise(yield* readTable(sys), { hostDir })) {
    found.push(withUsers(sys, sandbox, ""));
    const pause = sys.pause();
    if (pause) yield pause;
  }
  return found;
}

// `root` leads to the root of a process in the sandbox's namespace. EACCES: that process has ended meanwhile, or the sandbox is another
// user's. Who uses the shares is not known then.
function withUsers(sys: Syscalls, sandbox: FoundSandbox, root: string): FoundSandbox {
  if (!sandbox.hub) return sandbox;
  const inHub = (fd: number) => within(sys, fd, HUB, (hub) => usersIn(sys, hub));
  const users = unlessOneOf([EACCES], () => within(sys, AT_FDCWD, root + sandbox.directory, inHub)) ?? {};
  const shares = sandbox.shares.map((share) => {
    const own = Object.hasOwn(users, share.name) ? users[share.name] : undefined;
    return own ? { ...share, users: own } : share;
  });
  return { ...sandbox, shares };
}
