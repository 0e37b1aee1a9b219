import type { Change } from "./attributes.ts";
import { EBUSY, EINVAL } from "./errno.ts";
import { type Forbidden, type ForbiddenReason, MountTree } from "./forbidden.ts";
import type { Host } from "./host.ts";
import type { Mount } from "./mount.ts";
import { openBelow, openMount, type Top } from "./open-mount.ts";
import type { StagedTree } from "./staged-tree.ts";
import { SyscallError, unlessErrno } from "./syscall-error.ts";
import type { Syscalls } from "./syscalls.ts";

/** A mount that was removed from a tree. */
export interface Removed {
  /** Where it was, from the top of the tree. */
  readonly relative: string;
  readonly filesystem: string;
  readonly reason: ForbiddenReason;
}

// Directories may be renamed meanwhile; who does so again and again is not waited for.
const MOST_VAIN_ROUNDS = 16;

/**
 * Removes the mounts from a tree that no share may contain, with all below them. Where they are locked, as those of another
 * user namespace are, they are covered instead. `change` is what the other mounts of the tree got. `beforeAsking` is that of
 * the tree's `Top`.
 *
 * @throws {SyscallError} EBUSY where they cannot be found, because directories are renamed all the time.
 */
export async function strip(
  host: Host,
  staged: StagedTree,
  { change, beforeAsking }: { change: Change } & Pick<Top, "beforeAsking">,
): Promise<Removed[]> {
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
  readonly #removed = new Map<number, Removed>();
  /** The ids of those that no path leads to any more, though they are there. */
  readonly #covered = new Set<number>();
  /** Mounts that hid others, and where they were; the last one has to be back first. */
  readonly #aside: { fd: number; relative: string }[] = [];

  constructor(host: Host, staged: StagedTree, change: Change, top: Top) {
    this.#host = host;
    this.#sys = host.sys;
    this.#staged = staged;
    this.#change = change;
    this.#top = top;
  }

  async run(): Promise<Removed[]> {
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

  // Whether one of them was found.
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

  // What is mounted on the mount's own root is in the way, and goes before it. False where the path leads elsewhere.
  #remove(tree: MountTree, mount: Mount): boolean {
    for (;;) {
      const found = openMount(this.#host, this.#top, tree, mount);
      if (!found) return false;
      const { fd, file } = found;
      const isOver = this.#sys.using(fd, () => {
        // The kernel says EINVAL of what is no mount. This is one, so it is locked.
        if (unlessErrno(EINVAL, () => this.#sys.unmountAt(fd))) return file.mountId === mount.id;
        this.#staged.cover(fd, file.type, this.#change);
        this.#covered.add(mount.id);
        return true;
      });
      if (isOver) return true;
    }
  }

  // Puts something aside that hides a mount. False where nothing does: then its path has just changed.
  #uncover(tree: MountTree, mount: Mount): boolean {
    const hiding = tree.hiding(mount);
    const found = hiding && openMount(this.#host, this.#top, tree, hiding);
    if (!found) return false;
    this.#aside.push({ fd: found.fd, relative: tree.relative(hiding) });
    // Both were there when the user namespace was made: nobody can take one off the other.
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
