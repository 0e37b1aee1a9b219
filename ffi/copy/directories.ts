import { Buffer } from "node:buffer";
import { O_PATH } from "../linux/constants.ts";
import type { FileStatx } from "../linux/structs.ts";
import type { Syscalls } from "../linux/syscalls.ts";
import type { CopyItem } from "./copy-item.ts";
import { ChangedError } from "./gone.ts";

/** A directory on the host that is copied, and where it goes. */
export interface Directory {
  /** Undefined for the source. */
  readonly parent: Directory | undefined;
  readonly name: string;
  readonly path: string;
  readonly guestPath: string;
  /** How long the guest's path is, in bytes. */
  readonly guestBytes: number;
  /** How many directories below the source. */
  readonly depth: number;
  /** What it was when it was found. */
  readonly file: FileStatx;
}

/** The source itself. */
export function rootOf({ path, guestPath }: CopyItem, file: FileStatx): Directory {
  const guestBytes = Buffer.byteLength(guestPath);
  return { parent: undefined, name: "", path, guestPath, guestBytes, depth: 0, file };
}

/** A directory that was found in another one. */
export function childOf(parent: Directory, found: Pick<Directory, Described>): Directory {
  const { name, path, guestPath, guestBytes, file } = found;
  return { parent, name, path, guestPath, guestBytes, file, depth: parent.depth + 1 };
}

type Described = "name" | "path" | "guestPath" | "guestBytes" | "file";

const MOST_OPEN = 64;

/**
 * The descriptors of directories, of which only so many are open at once. One that was closed is opened again from its
 * parent's, following no link, and has to be the same directory.
 */
export class Directories {
  readonly #sys: Syscalls;
  readonly #root: number;
  /** The one that was not used for longest is the first. */
  readonly #open = new Map<Directory, number>();
  /** The last one: nearly always it is asked for again. */
  #last: Directory | undefined;
  #lastFd = 0;

  /** The root's descriptor is the caller's. */
  constructor(sys: Syscalls, root: number) {
    this.#sys = sys;
    this.#root = root;
  }

  /**
   * A directory's descriptor, until the next one is asked for.
   *
   * @throws {ChangedError | SyscallError} where it is gone: `isGone` knows.
   */
  of(directory: Directory): number {
    if (!directory.parent) return this.#root;
    if (directory === this.#last) return this.#lastFd;
    const known = this.#open.get(directory);
    const fd = known ?? this.#enter(directory, this.of(directory.parent));
    this.#open.delete(directory);
    this.#open.set(directory, fd);
    this.#last = directory;
    this.#lastFd = fd;
    return fd;
  }

  /** Closes the descriptor of a directory in which there is nothing more to do. */
  forget(directory: Directory): void {
    const fd = this.#open.get(directory);
    if (fd === undefined) return;
    this.#open.delete(directory);
    if (directory === this.#last) this.#last = undefined;
    this.#sys.close(fd);
  }

  close(): void {
    for (const directory of [...this.#open.keys()]) this.forget(directory);
  }

  #enter({ name, file }: Directory, parent: number): number {
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
