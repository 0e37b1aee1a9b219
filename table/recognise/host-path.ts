import type { MountEntry } from "../mount-entry.ts";
import type { MountTree } from "../mount-tree.ts";
import { joinPath, pathBelow, pathsTo } from "../path.ts";

// Of mounts that show the same, some of which others may hide.
const MOST_TRIED = 8;

/** The places of a filesystem on the host. */
interface OfDevice {
  /** The mounts of each of its paths. */
  readonly mounts: Map<string, MountEntry[]>;
  /** Many shares have the same source. */
  readonly known: Map<string, string | undefined>;
}

/** Tells where a host has what a mount shows. */
export class HostPaths {
  readonly #tree: MountTree;
  readonly #devices = new Map<string, OfDevice>();

  /** `mounts` are those of the host's own places: in a sandbox's directory there are none. */
  constructor(tree: MountTree, mounts: Iterable<MountEntry>) {
    this.#tree = tree;
    for (const mount of mounts) {
      const { device, root } = mount;
      const own = this.#devices.get(device) ?? { mounts: new Map(), known: new Map() };
      this.#devices.set(device, own);
      const others = own.mounts.get(root);
      if (!others) own.mounts.set(root, [mount]);
      else if (others.length < MOST_TRIED) others.push(mount);
    }
  }

  /** A path that leads to what a mount shows; undefined where none can be told. */
  of({ device, root }: MountEntry): string | undefined {
    const own = this.#devices.get(device);
    if (!own) return undefined;
    const known = own.known.get(root);
    if (known !== undefined || own.known.has(root)) return known;
    const found = this.#find(own, root);
    own.known.set(root, found);
    return found;
  }

  #find(own: OfDevice, root: string): string | undefined {
    if (!root.startsWith("/")) return this.#visible(own, root, root);
    for (const above of pathsTo(root)) {
      const path = this.#visible(own, above, root);
      if (path !== undefined) return path;
    }
    return undefined;
  }

  #visible({ mounts }: OfDevice, above: string, root: string): string | undefined {
    for (const mount of mounts.get(above) ?? []) {
      const path = joinPath(mount.target, pathBelow(root, above));
      if (this.#tree.find(path) === mount) return path;
    }
    return undefined;
  }
}
