import { basename } from "node:path/posix";
import { setTimeout as sleep } from "node:timers/promises";
import { S_IFREG } from "../linux/constants.ts";
import type { FileStatx } from "../linux/structs.ts";
import type { Syscalls } from "../linux/syscalls.ts";
import type { CopyItem } from "./copy-item.ts";
import { losesBits, NOTHING, sendingOf } from "./file-sending.ts";
import { unlessGone } from "./gone.ts";
import type { Ledger } from "./ledger.ts";
import { LinkedFiles } from "./linked-files.ts";
import type { SkipReason } from "./notes.ts";
import { Reading } from "./reading.ts";
import type { Sender } from "./sender.ts";
import { type Slice, Slices } from "./slices.ts";
import { isTemporary } from "./temporary-name.ts";
import type { TreeTools } from "./tools.ts";

const MOST_TRIES = 5;
// What is less may be the file system's way to store small files.
const LEAST_HOLE = 4096;

/** A file as it was found. */
export interface FoundFile extends CopyItem {
  readonly file: FileStatx;
}

/** Reads files, and sends them slice by slice. */
export class FileCopier {
  readonly #sys: Syscalls;
  readonly #sender: Sender;
  readonly #linked = new LinkedFiles();
  /** How much the agent had at most of files that began anew and are their own temporary ones: older agents keep its end. */
  readonly #begun = new Map<string, number>();
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
   * Copies a file in a lane that was entered; gives how many bytes the agent has of it, or "lost" where it does not get it.
   * One that changes while it is read is begun anew, a few times. `open` gives a descriptor of what has its name.
   */
  async copy(found: FoundFile, open: () => number, tries = 1): Promise<number | "again" | "lost"> {
    const reading = unlessGone(() => new Reading(this.#sys, found.file, open));
    if (!reading) return "again";
    let hasChanged = false;
    try {
      if (reading.hasNoSize()) return this.#lose(found, "no-size");
      do {
        const length = Math.min(this.#sliceBytes, reading.size - reading.sent);
        const slice = this.#slices.tryTake(length) ?? (await this.#slices.take(length));
        let isFree = true;
        try {
          const data = this.#read(found, reading, { slice, isLastTry: tries === MOST_TRIES });
          hasChanged = data === undefined;
          if (!data) break;
          isFree = false;
          const { file, size, sent: offset } = reading;
          const sending = sendingOf(file, { size, offset, data });
          if (offset + data.length < size) await this.#sender.send(found, sending);
          else if (!(await this.#sender.finish(found, sending)))
            return this.#lose(found, "temporary-name", offset);
          isFree = true;
          this.#arrived(found, reading, data.length);
        } finally {
          this.#slices.give(slice, isFree);
        }
      } while (reading.sent < reading.size);
    } finally {
      reading.close();
    }
    if (hasChanged) return this.#beginAnew(found, reading.sent, { open, tries });
    this.#note(found.path, reading.file);
    if (this.#mayHaveOldEnd(found, reading)) this.#ledger.warn(found.path, "changed");
    return reading.size;
  }

  // To look for a path makes one piece of memory of it, so nearly always nothing is looked for.
  #mayHaveOldEnd({ guestPath }: FoundFile, { size }: Reading): boolean {
    return this.#begun.size > 0 && size < (this.#begun.get(guestPath) ?? 0);
  }

  // The next bytes; undefined where they are not of the file as it was. The last ones are sent only once it is known that it
  // is still the same, so that nothing gets its name that was never there; but at the last try what was read has to do, if
  // it is whole.
  #read(
    found: FoundFile,
    reading: Reading,
    { slice, isLastTry }: { slice: Slice; isLastTry: boolean },
  ): Uint8Array | undefined {
    this.#sender.check();
    const data = this.#slices.read(reading.fd, slice);
    const isShort = data.length < slice.length;
    const isLast = isShort || reading.sent + data.length === reading.size;
    if (isShort || (isLast && !reading.isUnchanged())) {
      if (!isLastTry || (isShort && reading.sent > 0)) return undefined;
      reading.size = reading.sent + data.length;
      this.#ledger.warn(found.path, "changed");
    }
    if (isLast) reading.close();
    return data;
  }

  #lose({ path, guestPath }: CopyItem, reason: SkipReason, offset = 0): "lost" {
    this.#ledger.skip(path, reason);
    this.#ledger.ended(guestPath);
    if (offset > 0) this.#ledger.moved(path, -offset);
    return "lost";
  }

  #note(path: string, file: FileStatx): void {
    if (this.#linked.isAnother(file)) this.#ledger.warn(path, "hard-link");
    if (file.size - file.diskBytes >= LEAST_HOLE) this.#ledger.warn(path, "holes");
    if (losesBits(file)) this.#ledger.warn(path, "mode-bits");
  }

  #arrived({ path, guestPath }: FoundFile, reading: Reading, bytes: number): void {
    const isFirst = reading.sent === 0;
    reading.sent += bytes;
    if (reading.sent < reading.size) {
      this.#ledger.began(guestPath, reading.sent);
      this.#ledger.moved(path, bytes);
    } else {
      if (!isFirst) this.#ledger.ended(guestPath);
      this.#ledger.arrived(path, bytes);
    }
  }

  /**
   * Gives what the agent has under the temporary name of a file the file's own name; it is about to be replaced.
   *
   * Agents before 4.0 do not empty a temporary file, but go on with it: bytes of one try would be in the next one, or in
   * another file of the stem, and one that is longer than the next file would never get its name. An agent renames what has
   * just the length that a request says, so that is asked for. Nobody but root may read it.
   */
  async takeOver(found: FoundFile, bytes: number): Promise<void> {
    if (bytes === 0) return;
    const sending = sendingOf(found.file, { size: bytes, offset: bytes, data: NOTHING });
    await this.#sender.finish(found, { ...sending, fileMode: S_IFREG });
  }

  async #beginAnew(
    found: FoundFile,
    sent: number,
    { open, tries }: { open: () => number; tries: number },
  ): Promise<number | "again" | "lost"> {
    const { guestPath } = found;
    if (isTemporary(basename(guestPath)))
      this.#begun.set(guestPath, Math.max(sent, this.#begun.get(guestPath) ?? 0));
    await this.takeOver(found, sent);
    this.#ledger.ended(guestPath);
    if (sent > 0) this.#ledger.moved(found.path, -sent);
    if (tries === MOST_TRIES) {
      this.#ledger.skip(found.path, "changing");
      return sent;
    }
    await sleep(tries);
    return this.copy(found, open, tries + 1);
  }
}
