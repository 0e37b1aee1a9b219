import type { MountEntry } from "../mount-entry.ts";
import type { MountTree } from "../mount-tree.ts";
import { joinPath, pathBelow, pathsTo } from "../path.ts";

// Of mounts that show the same, some of which others may hide.
const MOST_TRIED = 8;

/** Tells where a host has what a mount shows. */
export class HostPaths {
  readonly #tree: MountTree;
  readonly #byRoot = new Map<string, MountEntry[]>();
  /** Many shares have the same source. */
  readonly #known = new Map<string, string | undefined>();

  /** Mounts in a sandbox's directory are no place of the host's. */
  constructor(tree: MountTree, isInSandbox: (path: string) => boolean) {
    this.#tree = tree;
    for (const mount of tree.mounts) {
      if (isInSandbox(mount.target)) continue;
      const key = rootKey(mount.device, mount.root);
      const others = this.#byRoot.get(key);
      if (!others) this.#byRoot.set(key, [mount]);
      else if (others.length < MOST_TRIED) others.push(mount);
    }
  }

  /** A path that leads to what a mount shows; undefined where none can be told. */
  of({ device, root }: MountEntry): string | undefined {
    const key = rootKey(device, root);
    if (!this.#known.has(key)) this.#known.set(key, this.#find(device, root));
    return this.#known.get(key);
  }

  #find(device: string, root: string): string | undefined {
    if (!root.startsWith("/")) return this.#visible(device, root, root);
    for (const above of pathsTo(root)) {
      const path = this.#visible(device, above, root);
      if (path !== undefined) return path;
    }
    return undefined;
  }

  #visible(device: string, above: string, root: string): string | undefined {
    for (const mount of this.#byRoot.get(rootKey(device, above)) ?? []) {
      const path = joinPath(mount.target, pathBelow(root, above));
      if (this.#tree.find(path) === mount) return path;
    }
    return undefined;
  }
}

function rootKey(device: string, root: string): string {
  return `${device} ${root}`;
}
