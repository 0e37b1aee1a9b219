import { Contents } from "../copy/contents.ts";
import { childOf, type Directory } from "../copy/directories.ts";
import type { Entry } from "../copy/find.ts";
import { isGone } from "../copy/gone.ts";
import type { TreeTools } from "../copy/tools.ts";
import type { TreeCopier } from "../copy/tree.ts";
import { S_IFDIR, S_IFREG } from "../linux/constants.ts";
import type { FileStatx } from "../linux/structs.ts";
import type { Extent } from "./extent.ts";
import type { GuestVolume } from "./guest-volume.ts";
import type { Links } from "./links.ts";

/** One pass over what is beside `..data`. */
export interface Pass {
  readonly extent: Extent;
  /** What is there, by the paths in the volume. */
  readonly names: string[];
  /** Whether all was there as it had been found. */
  isComplete: boolean;
}

/**
 * Brings to a guest what is beside `..data`: links into it. Kubelet before 1.8 made a directory of links for the keys of one,
 * where later ones make a link to it.
 */
export class Beside {
  readonly #tools: TreeTools;
  readonly #tree: TreeCopier;
  readonly #guest: GuestVolume;
  readonly #links: Links;
  /** Which names were odd in which directory, so that each is noted once. */
  readonly #listed = new Map<string, Contents>();

  constructor(tools: TreeTools, tree: TreeCopier, guest: GuestVolume, links: Links) {
    this.#tools = tools;
    this.#tree = tree;
    this.#guest = guest;
    this.#links = links;
  }

  /** The names that a directory of the volume has now. */
  list(directory: Directory, { extent }: Pass): string[] {
    const { path } = directory;
    const listed = this.#listed.get(path) ?? new Contents(directory, this.#tools.ledger);
    this.#listed.set(path, listed);
    return this.#tree.list(directory, listed, (count) => extent.addNames(count));
  }

  /** Sends what the guest lacks of some names of a directory; gives how much was written into that one. */
  async bring(directory: Directory, names: readonly string[], pass: Pass): Promise<number> {
    const found: Entry[] = [];
    for (const name of names) {
      const entry = this.#tree.find(directory, name);
      if (entry) found.push(entry);
      else pass.isComplete = false;
      if (entry?.file.type === S_IFREG) pass.extent.addBytes(entry.file.size);
      await this.#tree.pause();
    }
    pass.names.push(...found.map(({ path }) => this.#links.nameOf(path)));
    let count = await this.#bringFiles(
      directory,
      found.filter((entry) => !isDirectory(entry)),
      pass,
    );
    for (const entry of found)
      if (isDirectory(entry)) count += await this.#bringDirectory(directory, entry, pass);
    return count;
  }

  async #bringFiles(directory: Directory, entries: readonly Entry[], pass: Pass): Promise<number> {
    const { ledger } = this.#tools;
    const states = entries.map((entry) => ({ entry, state: this.#links.stateOf(entry) }));
    const lacking = states.filter(({ entry, state }) =>
      this.#guest.needs(this.#links.nameOf(entry.path), state),
    );
    const contents = new Contents(directory, ledger);
    await this.#tree.copySome(
      directory,
      contents,
      lacking.map(({ entry }) => entry.name),
    );
    const skipped = new Set(ledger.skipped.map(({ path }) => path));
    for (const { entry, state } of lacking) {
      const isThere = !skipped.has(entry.path);
      if (!contents.hasToLookAgain(entry.name))
        this.#guest.settle(this.#links.nameOf(entry.path), state, isThere);
    }
    if (!contents.isComplete) pass.isComplete = false;
    return contents.count;
  }

  async #bringDirectory(parent: Directory, entry: Entry, pass: Pass): Promise<number> {
    const tree = this.#tree;
    const name = this.#links.nameOf(entry.path);
    const directory = childOf(parent, entry);
    try {
      const before = tree.look(directory);
      const isNew = this.#guest.needs(name, ownerOf(before));
      if (isNew && tree.obstacle(parent, entry)) {
        this.#guest.settle(name, ownerOf(before), false);
        return 0;
      }
      if (isNew) {
        await tree.sendAlone(directory, before);
        this.#tools.ledger.arrived(directory.path);
        this.#guest.settle(name, ownerOf(before), true);
      } else if (!this.#guest.has(name)) return 0;
      const count = await this.bring(directory, this.list(directory, pass), pass);
      const after = tree.look(directory);
      // Agents change the owner or the mode of a directory when they write into it.
      if (count > 0) await tree.sendAlone(directory, after);
      if (!after.isUnchanged(before)) pass.isComplete = false;
      return isNew || count > 0 ? 1 : 0;
    } catch (error) {
      if (!isGone(error)) throw error;
      pass.isComplete = false;
      return 0;
    } finally {
      tree.leave(directory);
    }
  }
}

function isDirectory({ file }: Entry): boolean {
  return file.type === S_IFDIR;
}

/** Who may do what with a directory. */
export function ownerOf({ mode, uid, gid }: FileStatx): string {
  return [mode, uid, gid].join(" ");
}
