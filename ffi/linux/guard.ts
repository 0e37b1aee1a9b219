import { Buffer } from "node:buffer";
import { basename, dirname } from "node:path";
import { NotAtHand, openAtHand } from "./cached-source.ts";
import { MS_PRIVATE, MS_UNBINDABLE, O_PATH } from "./constants.ts";
import { EACCES, EEXIST, EINVAL, ENOENT, EPERM } from "./errno.ts";
import type { Machine } from "./machine.ts";
import { isMadeAsHub, type Mount, pathInFilesystem } from "./mount.ts";
import type { MountTable } from "./mount-table.ts";
import { HUB, type Place, VIEW } from "./names.ts";
import type { Statx } from "./structs.ts";
import { failAfter, SyscallError, unlessMissing, unlessOneOf } from "./syscall-error.ts";
import type { Syscalls } from "./syscalls.ts";

/** This machine, with the guards on it. */
interface GuardedMachine extends Machine {
  readonly guards: Guards;
}

/** Binds an open directory on itself, private and unbindable; false where the guard was there already, though perhaps repaired. */
export function makeGuard(host: GuardedMachine, place: Place, directory: number): boolean {
  const { sys, guards } = host;
  const found = sys.statx(place.directory, place.name);
  if (found.isMountRoot) return repairGuard(host, place, mustBeGuard(host, place, found));
  return sys.using(cloneDirectory(host, directory, found), (tree) => {
    sys.attach(tree, place.directory, place.name);
    try {
      // Only an attached mount can be made unbindable.
      sys.set(tree, false, { propagation: MS_UNBINDABLE });
      guards.remember(sys.statx(tree));
    } catch (error) {
      failAfter(error, () => sys.unmountTree(tree));
    }
    return true;
  });
}

/**
 * The mount of the guard on a sandbox's directory, from what was found there.
 *
 * @throws {SyscallError} EEXIST where something else is mounted.
 */
export function mustBeGuard(host: GuardedMachine, place: Place, found: Statx): Mount {
  const guard = host.guards.on(place, found);
  if (guard) return guard;
  throw new SyscallError("statx", EEXIST, "something else is mounted on the sandbox's directory");
}

/** Makes a guard private and unbindable again, where somebody has changed that. False: the guard is not new. */
export function repairGuard({ sys }: Machine, { directory, name }: Place, { propagation }: Mount): false {
  if (propagation === MS_UNBINDABLE) return false;
  sys.using(sys.openDirectory(directory, name, O_PATH), (fd) =>
    sys.set(fd, false, { propagation: MS_UNBINDABLE }),
  );
  return false;
}

function cloneDirectory({ sys, table }: Machine, directory: number, found: Statx): number {
  try {
    return sys.clone(directory, false, { propagation: MS_PRIVATE });
  } catch (error) {
    const isRefused = error instanceof SyscallError && error.errno === EINVAL;
    if (!isRefused || table.of(found)?.propagation !== MS_UNBINDABLE) throw error;
    throw new SyscallError(
      error.call,
      EINVAL,
      "the directory is on an unbindable mount, which the kernel binds nowhere; " +
        "give a hostDir on another mount, or make that one private",
    );
  }
}

const MOST_KNOWN = 4096;

/**
 * Recognises guards: mounts that show the very directory which they cover, by its device and inode. Anybody who may change how
 * mounts propagate can remove a guard's "unbindable"; what a guard shows stays.
 */
export class Guards {
  readonly #sys: Syscalls;
  readonly #table: MountTable;
  /** Guards by their unique mount ids, which the kernel never gives out again. */
  readonly #known = new Set<number>();

  constructor(sys: Syscalls, table: MountTable) {
    this.#sys = sys;
    this.#table = table;
  }

  /** The guard on a sandbox's directory, from what was found there; undefined where something else is mounted. */
  on(place: Place, found: Statx): Mount | undefined {
    const mount = this.#table.of(found);
    if (!mount || this.#known.has(mount.id)) return mount;
    if (!this.#coversItself(place, found, mount)) return undefined;
    this.remember(found);
    return mount;
  }

  /** Remembers the mount of a guard, so that it is recognised at once. */
  remember(guard: Statx): void {
    if (!guard.hasUniqueMountId) return;
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    this.#known.add(guard.mountId);
  }

  /**
   * Whether a mount is the guard of some sandbox. Other programs bind directories on themselves, too, so a guard must have a
   * hub or a view in it. A guard that another mount hides is recognised by being unbindable.
   */
  has(mount: Mount): boolean {
    if (this.#known.has(mount.id)) return true;
    // A guard has the same name in its filesystem and where it is mounted.
    if (mount.root === "/" || (mount.point !== "" && nameOf(mount.root) !== nameOf(mount.point)))
      return false;
    return this.#seenFromAbove(mount) ?? mount.propagation === MS_UNBINDABLE;
  }

  #seenFromAbove(mount: Mount): boolean | undefined {
    const point = Buffer.from(mount.point, "latin1").toString();
    if (!point.startsWith("/")) return undefined;
    const above = this.#openAbove(dirname(point));
    if (above === undefined) return undefined;
    return this.#sys.using(above, (directory) => {
      const place = { directory, name: basename(point) };
      const found = unlessMissing(() => this.#sys.statx(directory, place.name));
      if (found?.mountId !== mount.id) return undefined;
      if (!this.#coversItself(place, found, mount)) return false;
      return this.#hasHub(place, HUB) || this.#hasHub(place, VIEW);
    });
  }

  #openAbove(path: string): number | undefined {
    try {
      return unlessOneOf([ENOENT, EACCES], () => openAtHand(this.#sys, this.#table, path));
    } catch (error) {
      if (error instanceof NotAtHand) return undefined;
      throw error;
    }
  }

  #hasHub({ directory, name }: Place, inner: string): boolean {
    const hub = unlessMissing(() => this.#sys.statx(directory, `${name}/${inner}`));
    return hub?.isMountRoot === true && isMadeAsHub(this.#table.of(hub));
  }

  // A clone of the directory above, and of that mount alone, shows what the mount covers. It is attached nowhere.
  #coversItself(place: Place, found: Statx, mount: Mount): boolean {
    if (mount.parent !== this.#sys.statx(place.directory).mountId) return false;
    // Refused where the directory above is on an unbindable mount, or a user namespace has locked mounts in it or may not mount.
    const above = unlessOneOf([EINVAL, EPERM], () =>
      this.#sys.clone(place.directory, false, { propagation: MS_PRIVATE }),
    );
    if (above === undefined) return this.#coversItsPath(found, mount);
    return this.#sys.using(above, (tree) => {
      const covered = unlessMissing(() => this.#sys.statx(tree, place.name));
      return covered?.isSameFile(found) ?? false;
    });
  }

  #coversItsPath(found: Statx, mount: Mount): boolean {
    const [, parent] = this.#table.chain(found);
    return parent !== undefined && mount.root === pathInFilesystem(parent, mount.point);
  }
}

const nameOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);
