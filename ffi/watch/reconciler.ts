import { Buffer } from "node:buffer";
import { setTimeout as sleep } from "node:timers/promises";
import { DATA_LINK, type SelectiveCopy } from "../copy/selective-copy.ts";
import { EBUSY, ENOENT } from "../linux/errno.ts";
import { SyscallError } from "../linux/syscall-error.ts";
import { type DataLink, dataLinkOf, isKubelets } from "./data-link.ts";
import type { GuestDirectory, GuestVolume } from "./guest-volume.ts";
import { ownerSignature } from "./signature.ts";
import { SizeLimit } from "./size-limit.ts";
import { type Snapshot, snapshotOf } from "./snapshot.ts";
import { type Pass, VisibleEntries } from "./visible-entries.ts";

// Together about ten seconds.
const MOST_ROUNDS = 48;
const LONGEST_PAUSE_MS = 250;

/** A state of a volume that is in the guest, and did not change while it was copied. */
export interface CopiedState {
  readonly data: DataLink;
  /** The paths in the volume of its visible entries. */
  readonly names: readonly string[];
  readonly snapshot: Snapshot;
}

/** Sends to a guest what its volume lacks, and then moves the volume's `..data`. */
export class Reconciler {
  readonly #copy: SelectiveCopy;
  readonly #guest: GuestVolume;
  readonly #visible: VisibleEntries;
  /** Whether something was sent into the volume's own directory. */
  #hasSent = false;

  constructor(copy: SelectiveCopy, guest: GuestVolume) {
    this.#copy = copy;
    this.#guest = guest;
    this.#visible = new VisibleEntries(copy, guest);
  }

  /** Makes the guest's volume like the host's; gives the state that it has then. */
  async run(): Promise<CopiedState> {
    const [copy, guest] = [this.#copy, this.#guest];
    guest.begin();
    await copy.count();
    if (!guest.has("")) {
      await copy.copyDirectory(copy.root, copy.root.file);
      guest.settled("", ownerSignature(copy.root.file), true);
    }
    const state = await this.#copyStableState();
    if (guest.needsTurn(state.data.identity)) await this.#turnOver(state.data);
    await this.#restoreRoot();
    guest.finish(state.snapshot);
    return state;
  }

  // Agents change the owner or the mode of a directory when they write into it.
  async #restoreRoot(): Promise<void> {
    const { root } = this.#copy;
    const file = this.#copy.stat(root);
    if (!this.#hasSent && !this.#guest.needs("", ownerSignature(file))) return;
    await this.#copy.restoreDirectory(root, file);
    this.#guest.settled("", ownerSignature(file), true);
  }

  // Lists the volume again until it did not change since it was listed: the directory of `..data` is whole then.
  async #copyStableState(): Promise<CopiedState> {
    const [copy, guest] = [this.#copy, this.#guest];
    let data: DataLink | undefined;
    for (let round = 1; round <= MOST_ROUNDS; round += 1) {
      const before = copy.stat(copy.root);
      const pass: Pass = { limit: new SizeLimit(), names: [], isComplete: true };
      data = await dataLinkOf(copy, pass.limit);
      await this.#copyMissing(data, pass);
      const isWhole = data && pass.isComplete && guest.wholeOf(data.identity) !== undefined;
      const isSame = isWhole && (await dataLinkOf(copy))?.identity === data?.identity;
      if (data && isSame && copy.stat(copy.root).isUnchanged(before)) {
        return { data, names: pass.names, snapshot: snapshotOf(before, data.link.file) };
      }
      await sleep(Math.min(2 ** round, LONGEST_PAUSE_MS));
      copy.check();
    }
    if (!data)
      throw new SyscallError("", ENOENT, `there is no ${DATA_LINK} that leads to a directory beside it`);
    throw new SyscallError("", EBUSY, `the volume changed during each of ${MOST_ROUNDS} tries`);
  }

  async #copyMissing(data: DataLink | undefined, pass: Pass): Promise<void> {
    const { root } = this.#copy;
    const names = this.#visible
      .list(root, pass)
      .filter((name) => name !== DATA_LINK && name !== data?.name && !isKubelets(name));
    if (await this.#visible.copyMissing(root, names, pass)) this.#hasSent = true;
    if (data && !this.#guest.wholeOf(data.identity)) await this.#copyData(data, pass);
  }

  async #copyData({ directory, name, identity }: DataLink, pass: Pass): Promise<void> {
    const copied = this.#guest.beginDirectory(identity, name);
    const outcome = await this.#copy.copyAs(directory, { name: copied.name });
    if (outcome !== "skipped") this.#hasSent = true;
    if (outcome === "again") pass.isComplete = false;
    else if ((await dataLinkOf(this.#copy))?.identity === identity) this.#guest.completedDirectory(copied);
  }

  async #turnOver({ link, identity }: DataLink): Promise<void> {
    const guest = this.#guest;
    const directory = guest.wholeOf(identity) as GuestDirectory;
    guest.beginTurn();
    const outcome = await this.#copy.copyAs(link, { target: Buffer.from(directory.name) });
    if (outcome === "skipped") return guest.refusedTurn();
    guest.turned(directory);
    this.#hasSent = true;
  }
}
