import { type FoundSandbox, layoutPlaces, type MountEntry } from "../../table/mod.ts";
import { AT_FDCWD, O_PATH, O_RDONLY, S_IFDIR, S_IFREG } from "../linux/constants.ts";
import { EBUSY, ELOOP, ENOENT, ENOTDIR, ENOTEMPTY } from "../linux/errno.ts";
import { SyscallError, unlessMissing, unlessOneOf } from "../linux/syscall-error.ts";
import type { Syscalls } from "../linux/syscalls.ts";

// What Kata's own cleanup leaves when its shim was killed. Nobody holds a lock there, and nothing is deleted recursively: what is
// mounted is unmounted name by name, and then empty files and directories go from the places that Kata makes them in.

// How deep Kata makes directories: ro/passthrough/<container>/rootfs.
const DEEPEST = 4;
const inKata: readonly string[] = ["mounts", "shared", "private", "rw", "ro"];

/** What was done to a sandbox of Kata's. */
export interface Cleared {
  readonly isGone: boolean;
  /** What could not be unmounted or removed, and why. */
  readonly failures: readonly SyscallError[];
}

/** Removes a dead sandbox of one of Kata's runtimes: its view, its shares, and the empty directories. */
export function clearKata(sys: Syscalls, directory: string, found: FoundSandbox | undefined): Cleared {
  const failures: SyscallError[] = [];
  const attempt = (work: () => void) => {
    try {
      work();
    } catch (error) {
      if (!(error instanceof SyscallError)) throw error;
      failures.push(error);
    }
  };
  for (const mount of found ? mountsOf(found) : []) attempt(() => unmountSeen(sys, directory, mount));
  const cut = directory.lastIndexOf("/");
  const [above, name] = [directory.slice(0, cut) || "/", directory.slice(cut + 1)];
  if (failures.length === 0)
    attempt(() => sys.using(sys.openPath(above), (fd) => removeSandbox(sys, fd, name)));
  return { isGone: unlessMissing(() => sys.using(sys.openPath(directory), () => true)) !== true, failures };
}

// The view first: its copies of the shares go with it. Of mounts at one place the last one is on top.
function mountsOf({ directory, layout, view, shares, others }: FoundSandbox): MountEntry[] {
  const { private: own } = layoutPlaces[layout];
  const left = others.filter(({ target }) => own !== undefined && target.startsWith(`${directory}/${own}/`));
  return [...(view ? [view] : []), ...shares.map(({ mount }) => mount).toReversed(), ...left.toReversed()];
}

// Ids that are never given out twice (Linux 6.8) begin here.
const FIRST_UNIQUE = 2 ** 31;

// Unmounts a mount if it is there still, and no other one: from the sandbox's directory on one name at a time, following nothing.
function unmountSeen(sys: Syscalls, directory: string, { target, id }: MountEntry): void {
  const names = target.slice(directory.length + 1).split("/");
  const last = names.pop() as string;
  let fd = sys.openDirectory(AT_FDCWD, directory, O_PATH);
  try {
    for (const name of names) {
      const next = sys.openDirectory(fd, name, O_PATH);
      sys.close(fd);
      fd = next;
    }
    const there = unlessMissing(() => sys.statx(fd, last));
    const isAnother = there?.hasUniqueMountId && id >= FIRST_UNIQUE && there.mountId !== id;
    if (there?.isMountRoot && !isAnother) sys.umount(fd, last);
  } finally {
    sys.close(fd);
  }
}

// All of it or nothing: what has a file of somebody's keeps its empty ones, too.
function removeSandbox(sys: Syscalls, above: number, name: string): void {
  const isKatas = (fd: number) =>
    sys.list(fd).every((inner) => inKata.includes(inner) && isEmpty(sys, fd, inner, 1));
  if (sys.statx(above, name).isMountRoot) throw new SyscallError("rmdir", EBUSY);
  if (inside(sys, above, name, isKatas) === false) throw new SyscallError("rmdir", ENOTEMPTY);
  inside(sys, above, name, (fd) => {
    for (const inner of sys.list(fd)) removeEmpty(sys, fd, inner, 1);
  });
  sys.rmdir(above, name);
}

/** Whether it is an empty file, or a directory with what is empty in it, that nothing is mounted on. */
function isEmpty(sys: Syscalls, directory: number, name: string, depth: number): boolean {
  const found = unlessMissing(() => sys.statx(directory, name));
  if (!found) return true;
  if (found.isMountRoot) return false;
  if (found.type === S_IFREG) return found.size === 0;
  if (found.type !== S_IFDIR) return false;
  const areAll = (fd: number) =>
    sys.list(fd).every((inner) => depth < DEEPEST && isEmpty(sys, fd, inner, depth + 1));
  return inside(sys, directory, name, areAll) ?? false;
}

// What was written or mounted meanwhile stays.
function removeEmpty(sys: Syscalls, directory: number, name: string, depth: number): void {
  const found = unlessMissing(() => sys.statx(directory, name));
  if (!found || found.isMountRoot) return;
  if (found.type === S_IFREG && found.size === 0) sys.unlink(directory, name);
  if (found.type !== S_IFDIR) return;
  if (depth < DEEPEST)
    inside(sys, directory, name, (fd) => {
      for (const inner of sys.list(fd)) removeEmpty(sys, fd, inner, depth + 1);
    });
  unlessOneOf([ENOTEMPTY, EBUSY], () => sys.rmdir(directory, name));
}

function inside<T>(sys: Syscalls, directory: number, name: string, work: (fd: number) => T): T | undefined {
  const fd = unlessOneOf([ENOENT, ENOTDIR, ELOOP], () => sys.openDirectory(directory, name, O_RDONLY));
  return fd === undefined ? undefined : sys.using(fd, () => work(fd));
}
