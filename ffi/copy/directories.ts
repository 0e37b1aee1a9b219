import { Buffer } from "node:buffer";
import { O_PATH } from "../linux/constants.ts";
import type { FileStatx } from "../linux/structs.ts";
import type { Syscalls } from "../linux/syscalls.ts";
import type { CopyItem } from "./copy-error.ts";
import { ChangedError, type Entry } from "./entry.ts";

/** The entry of a source. */
export function rootOf({ path, guestPath }: CopyItem, file: FileStatx): Entry {
  const guestBytes = Buffer.byteLength(guestPath);
  return { parent: undefined, name: "", path, guestPath, guestBytes, depth: 0, file, target: undefined };
}

const MOST_OPEN = 64;

/**
 * The descriptors of directories, of which a limited number is open at once. A directory whose descriptor was closed is opened
 * again from its parent's, following no link, and has to be the same directory.
 */
export class Directories {
  readonly #sys: Syscalls;
  readonly #root: number;
  /** The least recently used one is the first. */
  readonly #open = new Map<Entry, number>();
  /** The most recently used one: nearly always it is asked for again. */
  #recent: Entry | undefined;
  #recentFd = 0;

  /** `root` is the source's descriptor, which the caller closes. */
  constructor(sys: Syscalls, root: number) {
    this.#sys = sys;
    this.#root = root;
  }

  /**
   * A directory's descriptor, until the next one is asked for.
   *
   * @throws {ChangedError | SyscallError} if the directory is gone: `isGone` knows.
   */
  of(directory: Entry): number {
    if (!directory.parent) return this.#root;
    if (directory === this.#recent) return this.#recentFd;
    const known = this.#open.get(directory);
    const fd = known ?? this.#enter(directory, this.of(directory.parent));
    this.#open.delete(directory);
    this.#open.set(directory, fd);
    this.#recent = directory;
    this.#recentFd = fd;
    return fd;
  }

  /** A descriptor to read a file, which the caller closes. */
  openToRead({ parent, name }: Entry): number {
    if (parent) return this.#sys.openToRead(this.of(parent), name);
    // What the source's descriptor leads to is known to be a file; nobody can put anything else there.
    return this.#sys.openFile(`/proc/self/fd/${this.#root}`);
  }

  /** Closes the descriptor of a directory in which there is nothing more to do. */
  forget(directory: Entry): void {
    const fd = this.#open.get(directory);
    if (fd === undefined) return;
    this.#open.delete(directory);
    if (directory === this.#recent) this.#recent = undefined;
    this.#sys.close(fd);
  }

  close(): void {
    for (const directory of [...this.#open.keys()]) this.forget(directory);
  }

  #enter({ name, file }: Entry, parent: number): number {
    const fd = this.#sys.openDirectory(parent, name, O_PATH);
    if (!this.#sys.statx(fd).isSameFile(file)) {
      this.#sys.close(fd);
      throw new ChangedError("another directory has this name by now");
    }
    for (const oldest of this.#open.keys()) {
      if (this.#open.size < MOST_OPEN) break;
      this.forget(oldest);
    }
    return fd;
  }
}
