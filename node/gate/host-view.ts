import type { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import { inFilesystem, type MountTree, treeOf } from "../../table/mount-tree.ts";
import { readMountinfo } from "../../table/mountinfo.ts";
import { isWithin } from "../../table/path.ts";
import type { FilePlace, HostPlace, HostView, UnknownPlace } from "./host-place.ts";
import type { LinkSession } from "./link-reader.ts";
import { type AskedPaths, linesAbout } from "./mount-lines.ts";
import { type ReadLink, walkTo } from "./walk.ts";

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
export async function lookAtHost(asked: AskedPaths, options: LookOptions): Promise<HostView> {
  const look = new Look();
  await look.at(asked, options);
  return look;
}

class Look implements HostView {
  readonly #places = new Map<string, HostPlace | UnknownPlace>();

  placeOf(path: string): HostPlace | UnknownPlace {
    return this.#places.get(path) ?? { unknown: "the host was not asked, or has not answered in time" };
  }

  async at(asked: AskedPaths, { process, links, timeoutMs }: LookOptions): Promise<void> {
    const paths = [...new Set([...asked.sources, ...asked.others])];
    const directory = `/proc/${process === "own" ? "self" : process}`;
    const root = process === "own" ? "" : `${directory}/root`;
    try {
      const mounts = new HostMounts(readFileSync(`${directory}/mountinfo`), asked);
      await settledWithin(
        paths.map((path) => this.#find(path, mounts, (at, filesystem) => links.read(root, at, filesystem))),
        timeoutMs,
      );
    } catch (error) {
      const unknown = `the host's mounts cannot be read: ${(error as NodeJS.ErrnoException).code ?? error}`;
      for (const path of paths) this.#places.set(path, { unknown });
    }
    links.end();
  }

  async #find(
    path: string,
    mounts: HostMounts,
    read: (at: string, filesystem: string) => ReturnType<ReadLink>,
  ): Promise<void> {
    const found = await walkTo(path, (at) => {
      const link = read(at, mounts.tree.find(at)?.filesystem ?? "");
      if (link !== undefined) mounts.readAll();
      return link;
    });
    this.#places.set(path, typeof found === "string" ? new FoundPlace(found, mounts.tree) : found);
  }
}

/** The mounts of a host: at first those that are about some paths, and all once a link leads elsewhere. */
class HostMounts {
  readonly #mountinfo: Buffer;
  #isAll: boolean;
  tree: MountTree;

  constructor(mountinfo: Buffer, { sources, others }: AskedPaths) {
    this.#mountinfo = mountinfo;
    // A name before ".." may be a link.
    this.#isAll = [...sources, ...others].some((path) => path.split("/").includes(".."));
    this.tree = treeIn(this.#isAll ? mountinfo : linesAbout(mountinfo, { sources, others }));
  }

  readAll(): void {
    if (this.#isAll) return;
    this.#isAll = true;
    this.tree = treeIn(this.#mountinfo);
  }
}

function treeIn(mountinfo: Buffer): MountTree {
  return treeOf(readMountinfo(mountinfo).mounts);
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
  #below: readonly FilePlace[] | undefined;

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
    this.#below ??= this.#mountsBelow();
    return this.#below;
  }

  #mountsBelow(): readonly FilePlace[] {
    const mount = this.#tree.find(this.path);
    if (!mount) return [];
    const nearest = this.#tree.childrenOf(mount).filter(({ target }) => isWithin(target, this.path));
    return nearest.flatMap((child) => [child, ...this.#tree.below(child)]);
  }
}
