import type { Change } from "./attributes.ts";
import { EBUSY, EINVAL } from "./errno.ts";
import { type Forbidden, type ForbiddenReason, MountTree } from "./forbidden-submounts.ts";
import type { Host } from "./host.ts";
import type { Mount } from "./mount.ts";
import { openBelow, openMount, type Top } from "./open-mount.ts";
import type { StagedTree } from "./staging.ts";
import { SyscallError, unlessErrno } from "./syscall-error.ts";
import type { Syscalls } from "./syscalls.ts";

/** A mount that was removed from a tree. */
export interface RemovedMount {
  /** Where it was, from the top of the tree. */
  readonly relative: string;
  readonly filesystem: string;
  readonly reason: ForbiddenReason;
}

// Directories may be renamed meanwhile: after these rounds without progress the strip gives up.
const MOST_VAIN_ROUNDS = 16;

/**
 * Removes the mounts from a tree that no share may contain, with their submounts. Locked mounts, as those of another user
 * namespace are, are covered instead. `change` is the change of the other mounts of the tree. `beforeAsking` is that of the
 * tree's `Top`.
 *
 * @throws {SyscallError} EBUSY where they cannot be found, because directories are renamed all the time.
 */
export async function strip(
  host: Host,
  staged: StagedTree,
  { change, beforeAsking }: { change: Change } & Pick<Top, "beforeAsking">,
): Promise<RemovedMount[]> {
  const stripping = new Stripping(host, staged, change, { fd: staged.fd, beforeAsking });
  try {
    return await stripping.run();
  } finally {
    stripping.close();
  }
}

class Stripping {
  readonly #host: Host;
  readonly #sys: Syscalls;
  readonly #staged: StagedTree;
  readonly #change: Change;
  readonly #top: Top;
  readonly #removed = new Map<number, RemovedMount>();
  /** The ids of covered mounts: they are there, but no path leads to them. */
  readonly #covered = new Set<number>();
  /** Mounts that hid others, and where they were; they go back in reverse order. */
  readonly #aside: { fd: number; relative: string }[] = [];

  constructor(host: Host, staged: StagedTree, change: Change, top: Top) {
    this.#host = host;
    this.#sys = host.sys;
    this.#staged = staged;
    this.#change = change;
    this.#top = top;
  }

  async run(): Promise<RemovedMount[]> {
    const file = this.#sys.statx(this.#staged.fd);
    for (let vain = 0; vain < MOST_VAIN_ROUNDS; ) {
      const tree = new MountTree(await this.#host.table.tree(file));
      const [first, ...others] = tree.forbidden().filter(({ mount }) => !this.#covered.has(mount.id));
      if (first && !(await this.#removeSome(tree, [first, ...others]))) {
        vain += this.#uncover(tree, first.mount) ? 0 : 1;
        continue;
      }
      this.#putBack();
      if (!first) return [...this.#removed.values()];
    }
    throw isChanging();
  }

  close(): void {
    for (const { fd } of this.#aside.splice(0)) this.#sys.close(fd);
  }

  // Whether one of the mounts was found and removed.
  async #removeSome(tree: MountTree, found: readonly Forbidden[]): Promise<boolean> {
    let isAnyGone = false;
    for (const { mount, reason } of found) {
      const relative = tree.relative(mount);
      if (this.#remove(tree, mount)) {
        isAnyGone = true;
        this.#removed.set(mount.id, { relative, filesystem: mount.fstype, reason });
      }
      const pause = this.#sys.pause();
      if (pause) await pause;
    }
    return isAnyGone;
  }

  // A mount on the mount's own root is in the way, and is removed before it. False where the path leads elsewhere.
  #remove(tree: MountTree, mount: Mount): boolean {
    for (;;) {
      const found = openMount(this.#host, this.#top, tree, mount);
      if (!found) return false;
      const { fd, file } = found;
      const isOver = this.#sys.using(fd, () => {
        // The kernel says EINVAL where nothing is mounted. Here a mount is, so it is locked.
        if (unlessErrno(EINVAL, () => this.#sys.unmountAt(fd))) return file.mountId === mount.id;
        this.#staged.cover(fd, file.type, this.#change);
        this.#covered.add(mount.id);
        return true;
      });
      if (isOver) return true;
    }
  }

  // Puts the mount aside that hides another one. False where nothing hides it: then its path has just changed.
  #uncover(tree: MountTree, mount: Mount): boolean {
    const hiding = tree.hiding(mount);
    const found = hiding && openMount(this.#host, this.#top, tree, hiding);
    if (!found) return false;
    this.#aside.push({ fd: found.fd, relative: tree.relative(hiding) });
    // Both mounts are older than the user namespace: nobody in it can move one off the other.
    if (!unlessErrno(EINVAL, () => this.#staged.putAside(found.fd))) {
      this.#covered.add(mount.id);
      this.#sys.close(this.#aside.pop()?.fd as number);
    }
    return true;
  }

  #putBack(): void {
    for (let last = this.#aside.pop(); last; last = this.#aside.pop()) {
      const { fd, relative } = last;
      this.#sys.using(fd, () => {
        const place = openBelow(this.#host, this.#top, relative);
        if (place === undefined) throw isChanging();
        this.#sys.using(place, () => this.#sys.attachOn(fd, place));
      });
    }
  }
}

function isChanging(): SyscallError {
  return new SyscallError("umount2", EBUSY, "the mounts below the source change at the moment; try again");
}
