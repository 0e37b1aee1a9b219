import { Buffer, isUtf8 } from "node:buffer";
import * as c from "../linux/constants.ts";
import type { FileStatx } from "../linux/structs.ts";
import type { CopySession } from "./copy-session.ts";
import type { Directories } from "./directories.ts";
import { type Entry, isDirectory, isFile, isGone, pathIn, specialKind } from "./entry.ts";
import { wayOut } from "./link.ts";
import type { CopyTotal } from "./options.ts";
import { type SkipReason, textOf } from "./skip-reasons.ts";
import { temporaryName } from "./temporary-name.ts";

const LONGEST_NAME = 255;
const LONGEST_PATH = 4095;

/** Finds out what directories have. */
export class Finder {
  readonly #session: CopySession;
  readonly #directories: Directories;

  constructor(session: CopySession, directories: Directories) {
    this.#session = session;
    this.#directories = directories;
  }

  /** The names in a directory. `onNames` is given the number of names as they are read, and may throw. */
  list(directory: Entry, onNames?: (count: number) => void): string[] {
    return this.#read(directory, () => {}, onNames);
  }

  /** The same, and each name that is not UTF-8 is noted. */
  listToCopy(directory: Entry, onNames?: (count: number) => void): string[] {
    const { ledger } = this.#session;
    return this.#read(directory, (name) => ledger.sawOddName(pathIn(directory, textOf(name))), onNames);
  }

  #read(
    directory: Entry,
    onOddName: (name: Uint8Array) => void,
    onNames?: (count: number) => void,
  ): string[] {
    const { sys } = this.#session.host;
    const fd = sys.openDirectory(this.#directories.of(directory), ".", c.O_RDONLY);
    return sys.using(fd, () => sys.list(fd, onOddName, onNames));
  }

  /** The present state of a directory. */
  stat(directory: Entry): FileStatx {
    return this.#session.host.sys.fileStatx(this.#directories.of(directory));
  }

  /**
   * What has a name in a directory; undefined if nothing has it any more.
   *
   * @throws {Stopped} for an entry that cannot be looked at, such as a mount whose server has died.
   */
  find(directory: Entry, name: string): Entry | undefined {
    const { host, sender } = this.#session;
    const fd = this.#directories.of(directory);
    const path = pathIn(directory, name);
    const guestPath = `${directory.guestPath}/${name}`;
    try {
      const file = host.sys.fileStatx(fd, name);
      const guestBytes = directory.guestBytes + 1 + Buffer.byteLength(name);
      const target = file.type === c.S_IFLNK ? host.sys.readLink(fd, name) : undefined;
      return {
        parent: directory,
        name,
        path,
        guestPath,
        guestBytes,
        depth: directory.depth + 1,
        file,
        target,
      };
    } catch (error) {
      if (isGone(error)) return undefined;
      throw sender.stop({ path, guestPath }, error, "host");
    }
  }

  /** Why an entry cannot be copied; undefined if it can. */
  obstacle(entry: Entry): SkipReason | undefined {
    const { parent, name, file, guestBytes } = entry;
    const kind = specialKind(file.type);
    if (kind) return kind;
    const temporary = isFile(entry) ? Buffer.byteLength(temporaryName(name)) : 0;
    if (temporary > LONGEST_NAME) return "long-name";
    const longer = Math.max(0, temporary - Buffer.byteLength(name));
    if (guestBytes + longer > LONGEST_PATH) return "long-path";
    // Mounts below the source are copied too, as Kata does it.
    return !parent || file.mountId === parent.file.mountId ? undefined : this.#session.mounts.judge(file);
  }

  /** How much of a directory is going to be copied, as far as it can be told now. */
  async total(top: Entry): Promise<CopyTotal> {
    const { host, sender } = this.#session;
    let [entries, bytes] = [1, 0];
    const left = [top];
    for (let directory = left.pop(); directory; directory = left.pop()) {
      try {
        for (const name of this.list(directory)) {
          const entry = this.find(directory, name);
          if (entry && !this.obstacle(entry) && this.#isLinkSent(entry)) {
            entries += 1;
            if (isFile(entry)) bytes += entry.file.size;
            if (isDirectory(entry)) left.push(entry);
          }
          const pause = host.sys.pause();
          if (pause) await pause;
          sender.check();
        }
      } catch (error) {
        if (!isGone(error)) throw sender.stop(directory, error, "host");
      } finally {
        this.#directories.forget(directory);
      }
    }
    return { entries, bytes };
  }

  #isLinkSent({ target, depth }: Entry): boolean {
    if (!target) return true;
    if (!isUtf8(target)) return false;
    return this.#session.settings.links === "all" || !wayOut(Buffer.from(target).toString(), depth - 1);
  }
}
