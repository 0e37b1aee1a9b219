import type { Buffer } from "node:buffer";
import type { MountEntry } from "../../table/mount-entry.ts";
import { type MountTree, treeOf } from "../../table/mount-tree.ts";
import { readMountinfo } from "../../table/mountinfo.ts";
import { isCleanPath, joinPath } from "../../table/path.ts";
import { FoundPlace } from "./found-place.ts";
import type { HostPlace, LayerPlace, UnknownPlace } from "./host-place.ts";
import { type AskedPaths, linesAbout } from "./mount-lines.ts";
import { overlayLayers } from "./overlay-layers.ts";

/** The mounts of a host: at first those that are about some paths, and all once a link leads elsewhere. */
export class HostMounts {
  readonly #mountinfo: Buffer;
  readonly #known = new Map<string, MountEntry | undefined>();
  readonly #places = new Map<string, HostPlace>();
  #isAll: boolean;
  #tree: MountTree;

  /** Of a mountinfo those that paths are about. */
  constructor(mountinfo: Buffer, asked: AskedPaths) {
    this.#mountinfo = mountinfo;
    // A name before ".." may be a link.
    this.#isAll = [...asked.sources, ...asked.others].some((path) => path.split("/").includes(".."));
    this.#tree = treeIn(this.#isAll ? mountinfo : linesAbout(mountinfo, asked));
  }

  /** Takes those that are about other paths, too. */
  readAll(): void {
    if (this.#isAll) return;
    this.#isAll = true;
    this.#tree = treeIn(this.#mountinfo);
    this.#known.clear();
    this.#places.clear();
  }

  /** The mount that a path without links leads to. Of each path it is looked for once, from that of its directory. */
  at(path: string): MountEntry | undefined {
    if (this.#known.has(path)) return this.#known.get(path);
    const directory = path.slice(0, path.lastIndexOf("/")) || "/";
    const found = path === "/" ? this.#tree.find(path) : this.#tree.findFrom(this.at(directory), path);
    this.#known.set(path, found);
    return found;
  }

  /** The place of a path without links; the same one each time. */
  placeOf(path: string): HostPlace {
    const known = this.#places.get(path) ?? new FoundPlace(path, this.at(path), this.#tree, this.#layersOf);
    this.#places.set(path, known);
    return known;
  }

  /** What an overlay is made of, as a mount shows a place of it. That of the root has its directories outside of it. */
  readonly #layersOf = (mount: MountEntry, root: string): LayerPlace[] => {
    if (mount.device === this.at("/")?.device) return [];
    const layers = overlayLayers(this.#mountinfo, mount.id);
    // Where these are mounted is in no line that was asked about.
    this.readAll();
    const below = root === "/" ? "" : root;
    return layers.map(({ path, isUpper }) => {
      return { place: isCleanPath(path) ? this.placeOf(joinPath(path, below)) : unknownLayer, isUpper };
    });
  };
}

const unknownLayer: UnknownPlace = { unknown: "it is of an overlay that was mounted by relative paths" };

function treeIn(mountinfo: Buffer): MountTree {
  return treeOf(readMountinfo(mountinfo).mounts);
}
