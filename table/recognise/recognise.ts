import { DELETED } from "../fields.ts";
import type { MountEntry, MountTable } from "../mount-entry.ts";
import { type MountTree, treeOf } from "../mount-tree.ts";
import { isWithin, nameOf, pathBelow } from "../path.ts";
import { SandboxDirectories } from "./directories.ts";
import type { FoundSandbox, FoundShare, MountBelow, ShareSource } from "./found-sandbox.ts";
import { HostPaths } from "./host-path.ts";
import { layoutPlaces, type SandboxDirectory } from "./layouts.ts";
import { namedShare } from "./share-name.ts";

/** What to look for, and what the table does not tell. */
export interface RecogniseOptions {
  /** The directory of the sandboxes. Default: those in any directory are found. */
  readonly hostDir?: string | undefined;
  /** The containers that use a share, by the path where it is mounted. */
  readonly users?: Readonly<Record<string, readonly string[]>> | undefined;
}

/**
 * The sandboxes that a table shows, in the order of their directories: those of this library, and those that Kata's runtimes
 * made. What a sandbox left that has neither hub nor view is known by its place, below `hostDir` or Kata's own directory.
 *
 * @example
 * ```ts
 * import { readMountinfo, recognise } from "guestshare/table";
 *
 * const text = `1 0 254:0 / / rw,relatime - ext4 /dev/vda rw
 * 2 1 254:0 /run/s/s1 /run/s/s1 rw,relatime unbindable - ext4 /dev/vda rw
 * 3 2 0:40 / /run/s/s1/mounts rw,nosuid,nodev,noexec,relatime shared:1 - tmpfs guestshare rw
 * 4 2 0:40 / /run/s/s1/shared ro,nosuid,nodev,noexec,relatime master:1 - tmpfs guestshare rw
 * 5 3 254:0 /etc/hosts /run/s/s1/mounts/c1-0011223344556677-hosts ro,relatime shared:2 - ext4 /dev/vda rw
 * `;
 * const [sandbox] = recognise(readMountinfo(text).mounts);
 * const [share] = sandbox?.shares ?? [];
 * console.log(sandbox?.id, share?.container, share?.source.hostPath, share?.isInView); // s1 c1 /etc/hosts false
 * ```
 */
export function recognise(table: MountTable, options: RecogniseOptions = {}): FoundSandbox[] {
  const tree = treeOf(table);
  const directories = new SandboxDirectories(tree, options.hostDir);
  const hostPaths = new HostPaths(tree, directories.outside);
  const found = Array.from(directories, (one) => new Recognising(tree, hostPaths, options, one).sandbox());
  return found.sort((one, other) => (one.directory < other.directory ? -1 : 1));
}

const none: readonly MountBelow[] = [];

function belowOf(share: MountEntry, { target, filesystem, attributes }: MountEntry): MountBelow {
  return { relative: pathBelow(target, share.target).slice(1), filesystem, attributes };
}

class Recognising {
  readonly #tree: MountTree;
  readonly #hostPaths: HostPaths;
  readonly #options: RecogniseOptions;
  readonly #found: SandboxDirectory & { readonly mounts: readonly MountEntry[] };
  readonly #hub: string;
  readonly #view: string;

  constructor(
    tree: MountTree,
    hostPaths: HostPaths,
    options: RecogniseOptions,
    found: SandboxDirectory & { readonly mounts: readonly MountEntry[] },
  ) {
    this.#tree = tree;
    this.#hostPaths = hostPaths;
    this.#options = options;
    this.#found = found;
    const { hub, view } = layoutPlaces[found.layout];
    this.#hub = `${found.directory}/${hub}`;
    this.#view = `${found.directory}/${view}`;
  }

  sandbox(): FoundSandbox {
    const { directory, layout } = this.#found;
    const guard = this.#at(directory);
    const hub = layout === "guestshare" ? this.#at(this.#hub) : undefined;
    const view = this.#at(`${directory}/${layoutPlaces[layout].viewMount}`);
    const mounts = this.#shareMounts(hub);
    const copies = view ? this.#tree.childrenOf(view) : [];
    // The view has its copies in the order of the shares, where nobody changed anything.
    const inOrder = copies.length === mounts.length ? copies : [];
    const shares = mounts.map((mount, at) => this.#share(mount, view, inOrder[at]));
    return {
      id: nameOf(directory),
      directory,
      layout,
      ...(guard && layout === "guestshare" && { guard }),
      ...(hub && { hub }),
      ...(view && { view }),
      shares,
      others: this.#others([guard, hub, view], shares),
    };
  }

  // What is mounted there first; what others mounted over it is none of the sandbox's.
  #at(path: string): MountEntry | undefined {
    return this.#found.mounts.find(({ target, parent }) => target === path && this.#target(parent) !== path);
  }

  #target(id: number): string | undefined {
    return this.#tree.withId(id)?.target;
  }

  // Those in the hub that are on no other share, each after those that it covers.
  #shareMounts(hub: MountEntry | undefined): MountEntry[] {
    const isIn = (path: string | undefined) =>
      path !== undefined && path !== this.#hub && isWithin(path, this.#hub);
    const { mounts } = this.#found;
    if (hub) return mounts.filter(({ target, parent }) => parent === hub.id && isIn(target));
    return mounts.filter(({ target, parent }) => !isIn(this.#target(parent)) && isIn(target));
  }

  #share(mount: MountEntry, view: MountEntry | undefined, next?: MountEntry): FoundShare {
    const name = mount.target.slice(this.#hub.length + 1);
    const mountsBelow = this.#tree.below(mount);
    const users = this.#options.users?.[mount.target];
    const viewMount = view && this.#copyIn(view, mount, next);
    const named = namedShare(name);
    const { attributes } = mount;
    const source = this.#source(mount);
    const below = mountsBelow.length === 0 ? none : mountsBelow.map((one) => belowOf(mount, one));
    const isInView = viewMount !== undefined;
    // Nearly all are such, and a literal with spreads takes several times as long.
    if (named.kind === "own" && viewMount && !users) {
      const { kind, container, label } = named;
      return { name, kind, container, label, mount, source, attributes, below, isInView, viewMount };
    }
    return {
      ...{ name, ...named, mount, source, attributes, below },
      ...(users && { users }),
      isInView,
      ...(viewMount && { viewMount }),
    };
  }

  #source(mount: MountEntry): ShareSource {
    const { filesystem, device, root } = mount;
    const hostPath = this.#hostPaths.of(mount);
    const isDeleted = root.endsWith(DELETED);
    if (hostPath === undefined) return { filesystem, device, root, isDeleted };
    return { filesystem, device, root, hostPath, isDeleted };
  }

  #copyIn(view: MountEntry, share: MountEntry, next: MountEntry | undefined): MountEntry | undefined {
    const below = share.target.slice(this.#hub.length);
    const isNext = next?.target.length === this.#view.length + below.length && next.target.endsWith(below);
    const copy = isNext ? next : this.#tree.childAt(view, this.#view + below);
    return copy?.device === share.device && copy.root === share.root ? copy : undefined;
  }

  #others(frame: readonly (MountEntry | undefined)[], shares: readonly FoundShare[]): readonly MountEntry[] {
    const { mounts } = this.#found;
    // Mostly there are just as many as are known.
    let count = frame.filter((mount) => mount).length;
    for (const { below, viewMount } of shares)
      count += 1 + below.length + (viewMount ? 1 + this.#tree.below(viewMount).length : 0);
    if (count === mounts.length) return [];
    const ofShares = shares.flatMap(({ mount, viewMount }) => (viewMount ? [mount, viewMount] : mount));
    const known = new Set([...frame, ...ofShares, ...ofShares.flatMap((one) => this.#tree.below(one))]);
    return mounts.filter((mount) => !known.has(mount));
  }
}
