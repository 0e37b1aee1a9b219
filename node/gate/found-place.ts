import type { MountEntry } from "../../table/mount-entry.ts";
import { inFilesystem, type MountTree } from "../../table/mount-tree.ts";
import { isWithin } from "../../table/path.ts";
import type { FilePlace, HostPlace, LayerPlace } from "./host-place.ts";

/** Gives what an overlay is made of, as a mount shows a place of it. */
export type LayersOf = (mount: MountEntry, root: string) => LayerPlace[];

/** A place whose mounts are looked for when they are asked for. */
export class FoundPlace implements HostPlace {
  readonly path: string;
  readonly file: FilePlace | undefined;
  readonly #mount: MountEntry | undefined;
  readonly #tree: MountTree;
  readonly #layersOf: LayersOf;
  #below: readonly FilePlace[] | undefined;

  /** A path without links that leads to a mount of a tree. */
  constructor(path: string, mount: MountEntry | undefined, tree: MountTree, layersOf: LayersOf) {
    this.path = path;
    this.#mount = mount;
    this.#tree = tree;
    this.#layersOf = layersOf;
    this.file = mount && new MountPlace(mount, layersOf, path);
  }

  get below(): readonly FilePlace[] {
    this.#below ??= this.#mountsBelow();
    return this.#below;
  }

  #mountsBelow(): readonly FilePlace[] {
    const mount = this.#mount;
    if (!mount) return [];
    const nearest = this.#tree.childrenOf(mount).filter(({ target }) => isWithin(target, this.path));
    const all = nearest.flatMap((child) => [child, ...this.#tree.below(child)]);
    return all.map((one) => (isOverlay(one) ? new MountPlace(one, this.#layersOf) : one));
  }
}

/** A place of a mount, whose layers are looked for when they are asked for. */
class MountPlace implements FilePlace {
  readonly device: string;
  readonly root: string;
  readonly filesystem: string;
  readonly target: string | undefined;
  readonly #mount: MountEntry;
  readonly #layersOf: LayersOf;
  #layers: readonly LayerPlace[] | undefined;

  /** The mount itself, or what it shows at a path. */
  constructor(mount: MountEntry, layersOf: LayersOf, path: string = mount.target) {
    this.device = mount.device;
    this.filesystem = mount.filesystem;
    this.root = inFilesystem(mount, path);
    this.target = path === mount.target ? path : undefined;
    this.#mount = mount;
    this.#layersOf = layersOf;
  }

  get layers(): readonly LayerPlace[] | undefined {
    if (!isOverlay(this)) return undefined;
    this.#layers ??= this.#layersOf(this.#mount, this.root);
    return this.#layers;
  }
}

function isOverlay({ filesystem }: { readonly filesystem: string }): boolean {
  return filesystem === "overlay";
}
