import { applyChange, type Change } from "./attributes.ts";
import { mayHang } from "./cached-source.ts";
import * as c from "./constants.ts";
import { O_PATH } from "./constants.ts";
import { removeDirectory } from "./directory.ts";
import { isSuspect } from "./forbidden-submounts.ts";
import type { Host } from "./host.ts";
import { prefixBelow } from "./mount.ts";
import type { Place } from "./names.ts";
import type { Source } from "./source.ts";
import { failAfter, unlessMissing } from "./syscall-error.ts";

interface Points {
  /** Mounts that may not be shared. */
  readonly suspects: readonly string[];
  /** Mounts whose server may not answer. */
  readonly remote: readonly string[];
}

/**
 * The place where forbidden mounts are removed from a tree before the guest can see the tree: below the guard, which is
 * private, and beside the hub. In a detached tree, mounts can be neither listed nor unmounted.
 */
export class Staging {
  readonly #host: Host;
  readonly #sandbox: Place;
  /** Where such mounts are, by the id of the mount above them: looked up once while the lock is held. */
  readonly #points = new Map<number, Points>();

  /** Of a sandbox whose lock is held, by where its directory is. */
  constructor(host: Host, sandbox: Place) {
    this.#host = host;
    this.#sandbox = sandbox;
  }

  /** Whether a directory may have submounts that may not be shared. A promise where that is looked up first. */
  isNeeded({ fd, file }: Source): boolean | Promise<boolean> {
    const points = this.#points.get(file.mountId);
    if (points) return this.#isOneBelow(fd, points.suspects);
    return this.#host.suspects.below(file).then((found) => {
      const suspects = found.filter(isSuspect).map(({ point }) => point);
      const remote = found.filter(({ fstype }) => mayHang(fstype)).map(({ point }) => point);
      this.#points.set(file.mountId, { suspects, remote });
      return this.#isOneBelow(fd, suspects);
    });
  }

  /** Whether a directory has submounts whose server may not answer; known once `isNeeded` has looked. */
  isRemoteBelow({ fd, file }: Source): boolean {
    return this.#isOneBelow(fd, this.#points.get(file.mountId)?.remote ?? []);
  }

  #isOneBelow(fd: number, points: readonly string[]): boolean {
    if (points.length === 0) return false;
    const path = this.#host.sys.pathOf(fd);
    // A directory without a path is only known once it is mounted.
    if (!path.startsWith("/")) return true;
    const prefix = prefixBelow(path);
    return points.some((point) => point.startsWith(prefix));
  }

  /** Attaches a tree there. The rest that a killed process left is removed before. */
  attach(tree: number): StagedTree {
    const { sys } = this.#host;
    const directory = sys.openDirectory(this.#sandbox.directory, this.#sandbox.name, O_PATH);
    const staged = new StagedTree(this.#host, tree, { directory, name: "staging" });
    try {
      staged.attach();
      return staged;
    } catch (error) {
      staged.close();
      throw error;
    }
  }
}

const COVER = c.MOUNT_ATTR_NOSUID | c.MOUNT_ATTR_NODEV | c.MOUNT_ATTR_NOEXEC;

/** A tree at its staging place. */
export class StagedTree {
  /** A descriptor of its top. */
  readonly fd: number;
  readonly #host: Host;
  readonly #place: Place;

  /** The descriptor of the directory that the place is in is closed with it. */
  constructor(host: Host, fd: number, place: Place) {
    this.#host = host;
    this.fd = fd;
    this.#place = place;
  }

  /** Attaches the tree. The rest that a killed process left is removed before. */
  attach(): void {
    const { sys } = this.#host;
    const { directory, name } = this.#place;
    this.clear();
    sys.mkdir(directory, name, 0o700);
    try {
      sys.attach(this.fd, directory, name);
    } catch (error) {
      failAfter(error, () => sys.rmdir(directory, name));
    }
  }

  /** Moves a mount of the tree out of the way: onto the tree's top, where no path from the descriptor leads. */
  putAside(fd: number): void {
    this.#host.sys.attach(fd, this.#place.directory, this.#place.name);
  }

  /**
   * Mounts something empty and read-only over a mount that cannot be unmounted: a directory or a file, as its type says.
   * `change` is the change of the other mounts of the tree.
   */
  cover(fd: number, type: number, change: Change): void {
    const { sys } = this.#host;
    const attributes = applyChange(COVER, change) | c.MOUNT_ATTR_RDONLY;
    sys.using(sys.makeTmpfs("guestshare", 0o755, type === c.S_IFDIR ? attributes : COVER), (tmpfs) => {
      if (type === c.S_IFDIR) sys.attachOn(tmpfs, fd);
      else this.#coverFile(fd, tmpfs, { attributes, cleared: change.cleared });
    });
  }

  // Before Linux 6.15, only what is attached can be cloned: the tmpfs is on top of the tree for that long.
  #coverFile(fd: number, tmpfs: number, change: Change): void {
    const { sys } = this.#host;
    const { directory, name } = this.#place;
    sys.makeFile(tmpfs, "empty");
    sys.attach(tmpfs, directory, name);
    sys.using(sys.openName(tmpfs, "empty"), (file) =>
      sys.using(sys.clone(file, false, { ...change, propagation: c.MS_PRIVATE }), (cover) =>
        sys.attachOn(cover, fd),
      ),
    );
    sys.unmountTree(tmpfs);
  }

  /** Unmounts the tree, unless it was moved on, and removes the directory. */
  clear(): void {
    const { sys } = this.#host;
    const { directory, name } = this.#place;
    while (unlessMissing(() => sys.statx(directory, name))?.isMountRoot) sys.umount(directory, name);
    removeDirectory(this.#host, this.#place);
  }

  close(): void {
    this.#host.sys.close(this.#place.directory);
  }
}
