import { type Entry, isGone, type SelectiveCopy } from "../copy/selective-copy.ts";
import { S_IFDIR, S_IFREG } from "../linux/constants.ts";
import type { GuestVolume } from "./guest-volume.ts";
import { entrySignature, ownerSignature } from "./signature.ts";
import type { SizeLimit } from "./size-limit.ts";

/** One pass over the visible entries of a volume. */
export interface Pass {
  readonly limit: SizeLimit;
  /** The paths in the volume of all entries that were found. */
  readonly names: string[];
  /** Whether nothing changed during the pass. */
  isComplete: boolean;
}

/**
 * Copies what applications see of a volume: links into `..data`. Kubelet before 1.8 made a directory of links for keys of one
 * directory, where later versions make a link to the directory.
 */
export class VisibleEntries {
  readonly #copy: SelectiveCopy;
  readonly #guest: GuestVolume;

  constructor(copy: SelectiveCopy, guest: GuestVolume) {
    this.#copy = copy;
    this.#guest = guest;
  }

  /** The names in a directory of the volume. */
  list(directory: Entry, { limit }: Pass): string[] {
    return this.#copy.listToCopy(directory, (count) => limit.addNames(count));
  }

  /** Sends the entries of a directory that the guest lacks, if they have one of these names. Gives whether it sent any. */
  async copyMissing(directory: Entry, names: readonly string[], pass: Pass): Promise<boolean> {
    const found: Entry[] = [];
    for (const name of names) {
      const entry = this.#copy.find(directory, name);
      if (entry) found.push(entry);
      else pass.isComplete = false;
      if (entry?.file.type === S_IFREG) pass.limit.addBytes(entry.file.size);
      await this.#copy.pause();
    }
    pass.names.push(...found.map((entry) => this.#nameOf(entry)));
    const others = found.filter((entry) => !isDirectory(entry));
    let hasSent = await this.#copyMissingFiles(directory, others, pass);
    for (const entry of found)
      if (isDirectory(entry) && (await this.#copyMissingIn(entry, pass))) hasSent = true;
    return hasSent;
  }

  // Files and links.
  async #copyMissingFiles(directory: Entry, entries: readonly Entry[], pass: Pass): Promise<boolean> {
    const guest = this.#guest;
    const missing = entries
      .map((entry) => ({ entry, name: this.#nameOf(entry), signature: entrySignature(entry) }))
      .filter(({ name, signature }) => guest.needs(name, signature));
    for (const { entry, name, signature } of missing) if (entry.target) guest.sending(name, signature);
    const { again, arrived, skipped } = await this.#copy.copyNames(
      directory,
      missing.map(({ entry }) => entry.name),
    );
    for (const { entry, name, signature } of missing) {
      const isSkipped = skipped.has(entry.name);
      const isSettled = (isSkipped || arrived.has(entry.name)) && !again.has(entry.name);
      if (isSettled) guest.settled(name, signature, !isSkipped);
    }
    this.#copy.check();
    if (again.size > 0) pass.isComplete = false;
    return arrived.size > 0;
  }

  async #copyMissingIn(directory: Entry, pass: Pass): Promise<boolean> {
    const [copy, guest] = [this.#copy, this.#guest];
    const name = this.#nameOf(directory);
    try {
      const before = copy.stat(directory);
      const isNew = guest.needs(name, ownerSignature(before));
      if (isNew) guest.settled(name, ownerSignature(before), await copy.copyDirectory(directory, before));
      if (!guest.has(name)) return false;
      const hasSent = await this.copyMissing(directory, this.list(directory, pass), pass);
      const after = copy.stat(directory);
      if (hasSent) await copy.restoreDirectory(directory, after);
      if (!after.isUnchanged(before)) pass.isComplete = false;
      return isNew || hasSent;
    } catch (error) {
      if (!isGone(error)) throw error;
      pass.isComplete = false;
      return false;
    } finally {
      copy.leave(directory);
    }
  }

  // Its path in the volume.
  #nameOf({ path }: Entry): string {
    return path.slice(this.#copy.root.path.length + 1);
  }
}

function isDirectory({ file }: Entry): boolean {
  return file.type === S_IFDIR;
}
