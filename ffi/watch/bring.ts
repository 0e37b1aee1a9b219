import { Buffer } from "node:buffer";
import { setTimeout as sleep } from "node:timers/promises";
import { Contents } from "../copy/contents.ts";
import type { Directory } from "../copy/directories.ts";
import type { TreeTools } from "../copy/tools.ts";
import { LAST, type TreeCopier } from "../copy/tree.ts";
import { EBUSY, ENOENT } from "../linux/errno.ts";
import { SyscallError } from "../linux/syscall-error.ts";
import { Beside, ownerOf, type Pass } from "./beside.ts";
import { type DataLink, dataLinkOf, isScratch } from "./data-link.ts";
import { Extent } from "./extent.ts";
import type { GuestDirectory, GuestVolume } from "./guest-volume.ts";
import { Links } from "./links.ts";
import { type Look, lookOf } from "./look.ts";

// Together about ten seconds.
const MOST_ROUNDS = 48;
const LONGEST_PAUSE_MS = 250;

/** A volume that was looked at without being changed meanwhile. */
export interface Settled {
  readonly data: DataLink;
  /** What is beside `..data`, but kubelet's own directories, by the paths in the volume. */
  readonly names: readonly string[];
  readonly look: Look;
}

/** Brings to a guest what its volume lacks, and turns its `..data` over at the end. */
export class Bringing {
  readonly #tools: TreeTools;
  readonly #tree: TreeCopier;
  readonly #root: Directory;
  readonly #guest: GuestVolume;
  readonly #beside: Beside;
  /** The links that may be on their way. */
  readonly links: Links;
  #count = 0;

  constructor(tools: TreeTools, tree: TreeCopier, root: Directory, guest: GuestVolume) {
    this.#tools = tools;
    this.#tree = tree;
    this.#root = root;
    this.#guest = guest;
    this.links = new Links(root, guest);
    this.#beside = new Beside(tools, tree, guest, this.links);
  }

  /** Gives the directory that `..data` leads to then, and the names beside it. */
  async run(): Promise<Settled> {
    const { ledger } = this.#tools;
    const [tree, root, guest] = [this.#tree, this.#root, this.#guest];
    await tree.count(root);
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
      const pass: Pass = { extent: new Extent(), names: [], isComplete: true };
      data = await dataLinkOf(tree, root, pass.extent);
      await this.#copyMissing(data, pass);
      const isWhole = data && pass.isComplete && guest.wholeOf(data.identity) !== undefined;
      const isSame = isWhole && (await dataLinkOf(tree, root, new Extent()))?.identity === data?.identity;
      if (data && isSame && tree.look(root).isUnchanged(before)) {
        return { data, names: pass.names, look: lookOf(before, data.link.file) };
      }
      await sleep(Math.min(2 ** round, LONGEST_PAUSE_MS));
      this.#tools.sender.check();
    }
    if (!data) throw new SyscallError("", ENOENT, `there is no ${LAST} that leads to a directory beside it`);
    throw new SyscallError("", EBUSY, `the volume changed during each of ${MOST_ROUNDS} tries`);
  }

  async #copyMissing(data: DataLink | undefined, pass: Pass): Promise<void> {
    const names = this.#beside
      .list(this.#root, pass)
      .filter((name) => name !== LAST && name !== data?.name && !isScratch(name));
    this.#count += await this.#beside.bring(this.#root, names, pass);
    if (data && !this.#guest.wholeOf(data.identity)) await this.#copyData(data, pass);
  }

  async #copyData({ directory, name, identity }: DataLink, pass: Pass): Promise<void> {
    const [tree, root, guest] = [this.#tree, this.#root, this.#guest];
    const contents = new Contents(root, this.#tools.ledger);
    const copied = guest.begin(identity, name);
    const guestPath = `${root.guestPath}/${copied.name}`;
    await tree.copyLast(root, contents, {
      ...directory,
      guestPath,
      guestBytes: Buffer.byteLength(guestPath),
    });
    this.#count += contents.count;
    if (contents.hasToLookAgain(name)) pass.isComplete = false;
    else if ((await dataLinkOf(tree, root, new Extent()))?.identity === identity) guest.whole = copied;
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
