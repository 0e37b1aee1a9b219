import { mayHang } from "./at-hand.ts";
import { O_PATH } from "./constants.ts";
import { isSuspect } from "./forbidden.ts";
import type { Host } from "./host.ts";
import { prefixBelow } from "./mount.ts";
import type { Place } from "./names.ts";
import type { Source } from "./source.ts";
import { StagedTree } from "./staged-tree.ts";

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
