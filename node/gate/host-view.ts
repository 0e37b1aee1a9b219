import { readFileSync } from "node:fs";
import { inFilesystem, type MountTree, treeOf } from "../../table/mount-tree.ts";
import { readMountinfo } from "../../table/mountinfo.ts";
import { isWithin } from "../../table/path.ts";
import type { FilePlace, HostPlace, HostView, UnknownPlace } from "./host-place.ts";
import type { LinkSession } from "./link-reader.ts";
import { walkTo } from "./walk.ts";

/** How the host is looked at. */
export interface LookOptions {
  /** The process in whose mount namespace and root the paths are, or "own" for this one. */
  readonly process: number | "own";
  /** Reads the links. */
  readonly links: LinkSession;
  /** How long all of it may take. */
  readonly timeoutMs: number;
}

/** Looks where paths of the host lead: through links, and in which filesystem that is, whatever is bound where. Never rejects. */
export async function lookAtHost(paths: readonly string[], options: LookOptions): Promise<HostView> {
  const look = new Look(options);
  await look.at(new Set(paths));
  return look;
}

class Look implements HostView {
  readonly #options: LookOptions;
  readonly #places = new Map<string, HostPlace | UnknownPlace>();
  #tree: MountTree | undefined;

  constructor(options: LookOptions) {
    this.#options = options;
  }

  placeOf(path: string): HostPlace | UnknownPlace {
    return this.#places.get(path) ?? { unknown: "the host was not asked, or has not answered in time" };
  }

  async at(paths: ReadonlySet<string>): Promise<void> {
    const { process, links, timeoutMs } = this.#options;
    const directory = `/proc/${process === "own" ? "self" : process}`;
    try {
      this.#tree = treeOf(readMountinfo(readFileSync(`${directory}/mountinfo`)).mounts);
    } catch (error) {
      const unknown = `the host's mounts cannot be read: ${(error as NodeJS.ErrnoException).code ?? error}`;
      for (const path of paths) this.#places.set(path, { unknown });
      return;
    }
    const root = process === "own" ? "" : `${directory}/root`;
    const tree = this.#tree;
    const walks = [...paths].map(async (path) => {
      const found = await walkTo(path, (at) => links.read(root, at, tree.find(at)?.filesystem ?? ""));
      this.#places.set(path, typeof found === "string" ? new FoundPlace(found, tree) : found);
    });
    await settledWithin(walks, timeoutMs);
    links.end();
  }
}

/** Waits for all, or for so long. */
async function settledWithin(work: readonly Promise<unknown>[], timeoutMs: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, timeoutMs);
  });
  await Promise.race([Promise.allSettled(work), late]);
  clearTimeout(timer);
}

/** A place whose mounts are looked for when they are asked for. */
class FoundPlace implements HostPlace {
  readonly path: string;
  readonly file: FilePlace | undefined;
  readonly #tree: MountTree;

  constructor(path: string, tree: MountTree) {
    this.path = path;
    this.#tree = tree;
    const mount = tree.find(path);
    this.file = mount && {
      ...{ device: mount.device, filesystem: mount.filesystem },
      root: inFilesystem(mount, path),
    };
  }

  get below(): readonly FilePlace[] {
    const mount = this.#tree.find(this.path);
    if (!mount) return [];
    const nearest = this.#tree.childrenOf(mount).filter(({ target }) => isWithin(target, this.path));
    return nearest.flatMap((child) => [child, ...this.#tree.below(child)]);
  }
}
