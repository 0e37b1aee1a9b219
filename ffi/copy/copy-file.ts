import { setTimeout as sleep } from "node:timers/promises";
import { S_IFREG } from "../linux/constants.ts";
import type { FileStatx } from "../linux/structs.ts";
import type { Syscalls } from "../linux/syscalls.ts";
import type { CopyItem } from "./copy-error.ts";
import { losesBits, NOTHING, sendingOf } from "./file-sending.ts";
import { unlessGone } from "./gone.ts";
import type { Ledger } from "./ledger.ts";
import { LinkedFiles } from "./linked-files.ts";
import { Reading } from "./reading.ts";
import type { Sender } from "./sender.ts";
import { Slices } from "./slices.ts";
import type { TreeTools } from "./tools.ts";

const MOST_TRIES = 5;
// What is less may be the file system's way to store small files.
const LEAST_HOLE = 4096;

/** A file as it was found, and the way to open it. */
export interface FoundFile extends CopyItem {
  readonly file: FileStatx;
  readonly open: () => number;
}

interface Sent {
  readonly isWhole: boolean;
  /** How much of it the agent has. */
  readonly bytes: number;
}

/** Reads files, and sends them slice by slice. */
export class FileCopier {
  readonly #sys: Syscalls;
  readonly #sender: Sender;
  readonly #linked = new LinkedFiles();
  readonly #ledger: Ledger;
  readonly #slices: Slices;
  readonly #sliceBytes: number;

  constructor({ host, sender, ledger, settings }: TreeTools) {
    this.#sys = host.sys;
    this.#sender = sender;
    this.#ledger = ledger;
    this.#sliceBytes = settings.sliceBytes;
    this.#slices = new Slices(host.sys, settings.sliceBytes, settings.windowBytes);
  }

  /**
   * Copies a file in a lane that was entered; gives how many bytes the agent has of it, or "lost" where it cannot have it.
   * One that changes while it is read is begun anew, a few times.
   */
  async copy(found: FoundFile): Promise<number | "again" | "lost"> {
    for (let tries = 1; ; tries += 1) {
      const reading = unlessGone(() => new Reading(this.#sys, found.file, found.open));
      if (!reading) return "again";
      const isLastTry = tries === MOST_TRIES;
      const sent = await this.#send(found, reading, isLastTry).finally(() => reading.close());
      if (sent === "lost") return sent;
      const { isWhole, bytes } = sent;
      if (isWhole) this.#note(found.path, reading.file);
      else if (isLastTry) this.#ledger.skip(found.path, "changing");
      if (isWhole || isLastTry) return bytes;
      await sleep(tries);
    }
  }

  // Sends it, as far as it goes. The last slice is sent only once it is known that the file is still the same, so that
  // nothing gets its name that was never there; but at the last try what was read has to do, if it is whole.
  async #send(found: FoundFile, reading: Reading, isLastTry: boolean): Promise<Sent | "lost"> {
    let { size } = reading.file;
    let offset = 0;
    do {
      const slice = await this.#slices.take(Math.min(this.#sliceBytes, size - offset));
      let isFree = true;
      try {
        this.#sender.check();
        const data = this.#slices.read(reading.fd, slice);
        const isShort = data.length < slice.length;
        const isLast = isShort || offset + data.length === size;
        if (isShort || (isLast && !reading.isUnchanged())) {
          if (!isLastTry || (isShort && offset > 0)) return this.#giveUp(found, offset);
          size = offset + data.length;
          this.#ledger.warn(found.path, "changed");
        }
        if (isLast) reading.close();
        isFree = false;
        const sending = sendingOf(reading.file, { size, offset, data });
        if (!isLast) await this.#sender.send(found, sending);
        else if (!(await this.#sender.finish(found, sending))) return this.#lose(found, offset);
        isFree = true;
        offset += data.length;
        this.#arrived(found, { isLast, offset, bytes: data.length });
      } finally {
        this.#slices.give(slice, isFree);
      }
    } while (offset < size);
    return { isWhole: true, bytes: size };
  }

  #lose({ path, guestPath }: CopyItem, offset: number): "lost" {
    this.#ledger.skip(path, "temporary-name");
    this.#ledger.ended(guestPath);
    if (offset > 0) this.#ledger.moved(path, -offset);
    return "lost";
  }

  #note(path: string, file: FileStatx): void {
    if (this.#linked.isAnother(file)) this.#ledger.warn(path, "hard-link");
    if (file.size - file.diskBytes >= LEAST_HOLE) this.#ledger.warn(path, "holes");
    if (losesBits(file)) this.#ledger.warn(path, "mode-bits");
  }

  #arrived({ path, guestPath }: FoundFile, slice: { isLast: boolean; offset: number; bytes: number }): void {
    const { isLast, offset, bytes } = slice;
    if (isLast) {
      if (offset > bytes) this.#ledger.ended(guestPath);
      this.#ledger.arrived(path, bytes);
    } else {
      this.#ledger.began(guestPath, offset);
      this.#ledger.moved(path, bytes);
    }
  }

  /**
   * Gives what the agent has under the temporary name of a file the file's own name; it is about to be replaced.
   *
   * Agents before 3.18 do not empty a temporary file, but go on with it: bytes of one try would be in the next one, or in
   * another file of the stem, and one that is longer than the next file would never get its name. An agent renames what has
   * just the length that a request says, so that is asked for. Nobody but root may read it.
   */
  async takeOver(found: CopyItem & { readonly file: FileStatx }, bytes: number): Promise<void> {
    if (bytes === 0) return;
    const sending = sendingOf(found.file, { size: bytes, offset: bytes, data: NOTHING });
    await this.#sender.finish(found, { ...sending, fileMode: S_IFREG });
  }

  async #giveUp(found: FoundFile, offset: number): Promise<Sent> {
    await this.takeOver(found, offset);
    this.#ledger.ended(found.guestPath);
    if (offset > 0) this.#ledger.moved(found.path, -offset);
    return { isWhole: false, bytes: offset };
  }
}
