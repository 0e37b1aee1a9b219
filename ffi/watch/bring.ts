import { Buffer } from "node:buffer";
import { setTimeout as sleep } from "node:timers/promises";
import { Contents } from "../copy/contents.ts";
import type { Directory } from "../copy/directories.ts";
import type { TreeTools } from "../copy/tools.ts";
import { LAST, type TreeCopier } from "../copy/tree.ts";
import { EBUSY, ENOENT } from "../linux/errno.ts";
import type { FileStatx } from "../linux/structs.ts";
import { SyscallError } from "../linux/syscall-error.ts";
import { type DataLink, dataLinkOf, isScratch } from "./data-link.ts";
import type { GuestDirectory, GuestVolume } from "./guest-volume.ts";
import { Links } from "./links.ts";
import { type Look, lookOf } from "./look.ts";

// Together about ten seconds.
const MOST_ROUNDS = 48;
const LONGEST_PAUSE_MS = 250;

/** A volume that was looked at without being changed meanwhile. */
export interface Settled {
  readonly data: DataLink;
  /** What is beside `..data`, but kubelet's own directories. */
  readonly names: readonly string[];
  readonly look: Look;
}

/** Brings to a guest what its volume lacks, and turns its `..data` over at the end. */
export class Bringing {
  readonly #tools: TreeTools;
  readonly #tree: TreeCopier;
  readonly #root: Directory;
  readonly #guest: GuestVolume;
  readonly #listed: Contents;
  /** The links that may be on their way. */
  readonly links: Links;
  #count = 0;

  constructor(tools: TreeTools, tree: TreeCopier, root: Directory, guest: GuestVolume) {
    this.#tools = tools;
    this.#tree = tree;
    this.#root = root;
    this.#guest = guest;
    this.#listed = new Contents(root, tools.ledger);
    this.links = new Links(tree, root, guest);
  }

  /** Gives the directory that `..data` leads to then, and the names beside it. */
  async run(): Promise<Settled> {
    const { ledger } = this.#tools;
    const [tree, root, guest] = [this.#tree, this.#root, this.#guest];
    if (guest.owner === undefined) {
      await tree.sendAlone(root, root.file);
      ledger.arrived(root.path);
      guest.owner = ownerOf(root.file);
    }
    guest.look = undefined;
    const settled = await this.#untilSettled();
    if (!guest.isTurned || guest.data?.identity !== settled.data.identity) await this.#turnOver(settled.data);
    await this.#sendRoot();
    guest.look = settled.look;
    return settled;
  }

  // Agents change the owner or the mode of a directory when they write into it.
  async #sendRoot(): Promise<void> {
    const file = this.#tree.look(this.#root);
    if (this.#count === 0 && this.#guest.owner === ownerOf(file)) return;
    await this.#tree.sendAlone(this.#root, file);
    this.#guest.owner = ownerOf(file);
  }

  // Until the volume is as it was when it was listed, it is listed again: what `..data` leads to is whole then.
  async #untilSettled(): Promise<Settled> {
    const [tree, root, guest] = [this.#tree, this.#root, this.#guest];
    let data: DataLink | undefined;
    for (let round = 1; round <= MOST_ROUNDS; round += 1) {
      const before = tree.look(root);
      data = dataLinkOf(tree, root);
      const names = tree.list(root, this.#listed).filter((name) => name !== LAST && !isScratch(name));
      const isComplete = await this.#copyMissing(data, names);
      const isSame = data && isComplete && dataLinkOf(tree, root)?.identity === data.identity;
      if (data && isSame && guest.wholeOf(data.identity) && tree.look(root).isUnchanged(before)) {
        return { data, names, look: lookOf(before, data.link.file) };
      }
      await sleep(Math.min(2 ** round, LONGEST_PAUSE_MS));
      this.#tools.sender.check();
    }
    if (!data) throw new SyscallError("", ENOENT, `there is no ${LAST} that leads to a directory beside it`);
    throw new SyscallError("", EBUSY, `the volume changed during each of ${MOST_ROUNDS} tries`);
  }

  // Whether all was there as it had been found.
  async #copyMissing(data: DataLink | undefined, names: readonly string[]): Promise<boolean> {
    const [tree, root, guest] = [this.#tree, this.#root, this.#guest];
    const targets = new Map(names.map((name) => [name, this.links.targetOf(name)]));
    const missing = names.filter((name) => name !== data?.name && guest.needs(name, targets.get(name) ?? ""));
    const contents = new Contents(root, this.#tools.ledger);
    await tree.copySome(root, contents, missing);
    if (data && !guest.wholeOf(data.identity)) await this.#copyData(contents, data);
    this.#count += contents.count;
    const skipped = new Set(this.#tools.ledger.skipped.map(({ path }) => path));
    for (const name of missing) {
      const isThere = !skipped.has(`${root.path}/${name}`);
      if (!contents.hasToLookAgain(name)) guest.settle(name, targets.get(name) ?? "", isThere);
    }
    return contents.isComplete;
  }

  async #copyData(contents: Contents, { directory, name, identity }: DataLink): Promise<void> {
    const [tree, root, guest] = [this.#tree, this.#root, this.#guest];
    const copied = guest.begin(identity, name);
    const guestPath = `${root.guestPath}/${copied.name}`;
    await tree.copyLast(root, contents, {
      ...directory,
      guestPath,
      guestBytes: Buffer.byteLength(guestPath),
    });
    const isWhole = !contents.hasToLookAgain(name) && dataLinkOf(tree, root)?.identity === identity;
    if (isWhole) guest.whole = copied;
  }

  async #turnOver({ link, identity }: DataLink): Promise<void> {
    const guest = this.#guest;
    const contents = new Contents(this.#root, this.#tools.ledger);
    const directory = guest.wholeOf(identity) as GuestDirectory;
    const wasTurned = guest.isTurned;
    guest.isTurned = false; // until there is an answer
    await this.#tree.copyLast(this.#root, contents, { ...link, target: Buffer.from(directory.name) });
    guest.isRefused = contents.count === 0;
    guest.isTurned = !guest.isRefused || wasTurned;
    if (!guest.isRefused) guest.data = directory;
    this.#count += contents.count;
  }
}

function ownerOf({ mode, uid, gid }: FileStatx): string {
  return [mode, uid, gid].join(" ");
}
