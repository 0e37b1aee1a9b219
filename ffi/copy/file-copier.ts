import { basename } from "node:path/posix";
import { setTimeout as sleep } from "node:timers/promises";
import { S_IFREG } from "../linux/constants.ts";
import type { Syscalls } from "../linux/syscalls.ts";
import type { CopySession } from "./copy-session.ts";
import type { Directories } from "./directories.ts";
import { type Entry, unlessGone } from "./entry.ts";
import { FileWarnings } from "./file-warnings.ts";
import type { Ledger } from "./ledger.ts";
import { OpenFile, type Slice, Slices } from "./open-file.ts";
import { NOTHING, type Sender, sendingOf } from "./sender.ts";
import type { SkipReason } from "./skip-reasons.ts";
import { isTemporary } from "./temporary-name.ts";

const MOST_TRIES = 5;

/** What came of a file: how many bytes the agent has, "skipped" if it has none, and "again" if the file is gone. */
export type CopiedFile = number | "again" | "skipped";

/** Reads files, and sends them slice by slice. */
export class FileCopier {
  readonly #sys: Syscalls;
  readonly #sender: Sender;
  readonly #ledger: Ledger;
  readonly #directories: Directories;
  readonly #warnings: FileWarnings;
  readonly #slices: Slices;
  readonly #sliceBytes: number;
  /**
   * The most bytes that the agent got of files that began anew and are their own temporary files: older agents keep the end of
   * a longer try.
   */
  readonly #longestTries = new Map<string, number>();

  constructor({ host: { sys }, sender, ledger, settings }: CopySession, directories: Directories) {
    this.#sys = sys;
    this.#sender = sender;
    this.#ledger = ledger;
    this.#directories = directories;
    this.#warnings = new FileWarnings(ledger);
    this.#sliceBytes = settings.sliceBytes;
    this.#slices = new Slices(sys, settings.sliceBytes, settings.windowBytes);
  }

  /** Copies a file in a lane that was entered. A file that changes while it is read begins anew, a few times. */
  async copy(entry: Entry, tries = 1): Promise<CopiedFile> {
    const file = unlessGone(() => new OpenFile(this.#sys, this.#directories.openToRead(entry), entry.file));
    if (!file) return "again";
    let hasChanged = false;
    try {
      if (file.hasNoSize()) return this.#skip(entry, "no-size");
      do {
        const length = Math.min(this.#sliceBytes, file.size - file.sent);
        const slice = this.#slices.tryTake(length) ?? (await this.#slices.take(length));
        let isFree = true;
        try {
          const data = this.#read(entry, file, { slice, isFinalTry: tries === MOST_TRIES });
          hasChanged = data === undefined;
          if (!data) break;
          isFree = false;
          const { size, sent: offset } = file;
          const sending = sendingOf(file.file, { size, offset, data });
          if (offset + data.length < size) await this.#sender.send(entry, sending);
          else if (!(await this.#sender.finish(entry, sending)))
            return this.#skip(entry, "temporary-name", offset);
          isFree = true;
          this.#arrived(entry, file, data.length);
        } finally {
          this.#slices.give(slice, isFree);
        }
      } while (file.sent < file.size);
    } finally {
      file.close();
    }
    if (hasChanged) return this.#beginAnew(entry, file.sent, tries);
    this.#warnings.note(entry.path, file.file);
    if (this.#mayHaveOldEnd(entry, file)) this.#ledger.warn(entry.path, "changed");
    return file.size;
  }

  // To look for a path makes one piece of memory of it, so nearly always nothing is looked for.
  #mayHaveOldEnd({ guestPath }: Entry, { size }: OpenFile): boolean {
    return this.#longestTries.size > 0 && size < (this.#longestTries.get(guestPath) ?? 0);
  }

  // The next bytes; undefined if the file has changed. The final ones are sent only once the file is known to be the same, so
  // that the guest never has a file under this name that was never there. At the final try the bytes that were read have to do,
  // if they are a whole file.
  #read(
    { path }: Entry,
    file: OpenFile,
    { slice, isFinalTry }: { slice: Slice; isFinalTry: boolean },
  ): Uint8Array | undefined {
    this.#sender.check();
    const data = this.#slices.read(file.fd, slice);
    const isShort = data.length < slice.length;
    const isEnd = isShort || file.sent + data.length === file.size;
    if (isShort || (isEnd && !file.isUnchanged())) {
      if (!isFinalTry || (isShort && file.sent > 0)) return undefined;
      file.size = file.sent + data.length;
      this.#ledger.warn(path, "changed");
    }
    if (isEnd) file.close();
    return data;
  }

  #skip({ path, guestPath }: Entry, reason: SkipReason, sent = 0): "skipped" {
    this.#ledger.skip(path, reason);
    this.#ledger.ended(guestPath);
    if (sent > 0) this.#ledger.moved(path, -sent);
    return "skipped";
  }

  #arrived({ path, guestPath }: Entry, file: OpenFile, bytes: number): void {
    const isFirst = file.sent === 0;
    file.sent += bytes;
    if (file.sent < file.size) {
      this.#ledger.began(guestPath, file.sent);
      this.#ledger.moved(path, bytes);
    } else {
      if (!isFirst) this.#ledger.ended(guestPath);
      this.#ledger.arrived(path, bytes);
    }
  }

  /**
   * Has the agent rename the temporary file of a file, of so many bytes, to the file's own name. The file is about to be sent.
   *
   * Agents before 3.18 do not empty a temporary file, but go on with it: the bytes of one try would be in the next one, or in
   * another file of the stem, and a temporary file that is longer than the next file would never be renamed. An agent renames a
   * temporary file as soon as it has the length that a request says, so this length is asked for. Only root may read it.
   */
  async finishTemporary(entry: Entry, bytes: number): Promise<void> {
    if (bytes === 0) return;
    const sending = sendingOf(entry.file, { size: bytes, offset: bytes, data: NOTHING });
    await this.#sender.finish(entry, { ...sending, fileMode: S_IFREG });
  }

  async #beginAnew(entry: Entry, sent: number, tries: number): Promise<CopiedFile> {
    const { path, guestPath } = entry;
    if (isTemporary(basename(guestPath)))
      this.#longestTries.set(guestPath, Math.max(sent, this.#longestTries.get(guestPath) ?? 0));
    await this.finishTemporary(entry, sent);
    this.#ledger.ended(guestPath);
    if (sent > 0) this.#ledger.moved(path, -sent);
    if (tries === MOST_TRIES) {
      this.#ledger.skip(path, "changing");
      return sent;
    }
    await sleep(tries);
    return this.copy(entry, tries + 1);
  }
}
