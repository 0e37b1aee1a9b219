import { applyChange, type Change } from "./attributes.ts";
import * as c from "./constants.ts";
import { removeDirectory } from "./directory.ts";
import type { Host } from "./host.ts";
import type { Place } from "./names.ts";
import { failAfter, unlessMissing } from "./syscall-error.ts";

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
