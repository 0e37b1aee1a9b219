import type { Buffer } from "node:buffer";
import type { MountEntry } from "../../table/mount-entry.ts";
import { inFilesystem, type MountTree, treeOf } from "../../table/mount-tree.ts";
import { readMountinfo } from "../../table/mountinfo.ts";
import { isWithin } from "../../table/path.ts";
import type { FilePlace, HostPlace } from "./host-place.ts";
import { type AskedPaths, linesAbout } from "./mount-lines.ts";

/** The mounts of a host: at first those that are about some paths, and all once a link leads elsewhere. */
export class HostMounts {
  readonly #mountinfo: Buffer;
  readonly #known = new Map<string, MountEntry | undefined>();
  #isAll: boolean;
  #tree: MountTree;

  /** Of a mountinfo those that paths are about. */
  constructor(mountinfo: Buffer, { sources, others }: AskedPaths) {
    this.#mountinfo = mountinfo;
    // A name before ".." may be a link.
    this.#isAll = [...sources, ...others].some((path) => path.split("/").includes(".."));
    this.#tree = treeIn(this.#isAll ? mountinfo : linesAbout(mountinfo, { sources, others }));
  }

  /** Takes those that are about other paths, too. */
  readAll(): void {
    if (this.#isAll) return;
    this.#isAll = true;
    this.#tree = treeIn(this.#mountinfo);
    this.#known.clear();
  }

  /** The mount that a path without links leads to. Of each path it is looked for once, from that of its directory. */
  at(path: string): MountEntry | undefined {
    if (this.#known.has(path)) return this.#known.get(path);
    const directory = path.slice(0, path.lastIndexOf("/")) || "/";
    const found = path === "/" ? this.#tree.find(path) : this.#tree.findFrom(this.at(directory), path);
    this.#known.set(path, found);
    return found;
  }

  /** The place of a path without links. */
  placeOf(path: string): HostPlace {
    return new FoundPlace(path, this.at(path), this.#tree);
  }
}

function treeIn(mountinfo: Buffer): MountTree {
  return treeOf(readMountinfo(mountinfo).mounts);
}

/** A place whose mounts are looked for when they are asked for. */
class FoundPlace implements HostPlace {
  readonly path: string;
  readonly file: FilePlace | undefined;
  readonly #mount: MountEntry | undefined;
  readonly #tree: MountTree;
  #below: readonly FilePlace[] | undefined;

  constructor(path: string, mount: MountEntry | undefined, tree: MountTree) {
    this.path = path;
    this.#mount = mount;
    this.#tree = tree;
    this.file = mount && {
      ...{ device: mount.device, filesystem: mount.filesystem },
      root: inFilesystem(mount, path),
    };
  }

  get below(): readonly FilePlace[] {
    this.#below ??= this.#mountsBelow();
    return this.#below;
  }

  #mountsBelow(): readonly FilePlace[] {
    const mount = this.#mount;
    if (!mount) return [];
    const nearest = this.#tree.childrenOf(mount).filter(({ target }) => isWithin(target, this.path));
    return nearest.flatMap((child) => [child, ...this.#tree.below(child)]);
  }
}
