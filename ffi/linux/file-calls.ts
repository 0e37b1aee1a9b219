import { Buffer } from "node:buffer";
import { cString, namesIn } from "./c-strings.ts";
import * as c from "./constants.ts";
import type { Work } from "./paced.ts";
import { StatxCalls } from "./statx-calls.ts";

const PAGE = 4096;
// A link holds a path at the most.
const linkBytes = new Uint8Array(4096);

/** The bytes of a file that were read so far. Of many files, one after the other is read into the same memory. */
export class FileBytes {
  #memory = new Uint8Array(16384);
  length = 0;

  get bytes(): Uint8Array {
    return this.#memory.subarray(0, this.length);
  }

  /** Where the next ones go. */
  room(): Uint8Array {
    if (this.#memory.length < this.length + PAGE) {
      // Memory that nobody touches costs nothing, and copying does.
      const larger = new Uint8Array(4 * this.#memory.length);
      larger.set(this.#memory);
      this.#memory = larger;
    }
    return this.#memory.subarray(this.length);
  }
}

/** The system calls about files, one function for each. */
export class FileCalls extends StatxCalls {
  /** The path of what a descriptor stands for, as mountinfo has paths: each byte is one character. */
  pathOf(fd: number): string {
    const bytes = new Uint8Array(4096);
    const path = cString(`/proc/self/fd/${fd}`);
    const length = this.must("readlinkat", c.AT_FDCWD, path, bytes, bytes.length);
    return Buffer.from(bytes.buffer, 0, length).toString("latin1");
  }

  /**
   * The bytes of a file of the kernel's. Not through the runtime: Deno has the files of proc for `--allow-all` only. In the memory that is
   * given they are until the next file is read into that.
   */
  readFile(path: string, file: FileBytes = new FileBytes()): Uint8Array {
    return this.using(this.openFile(path), (fd) => {
      file.length = 0;
      while (this.#readPart(fd, file));
      return file.bytes;
    });
  }

  /** The same of a file that may be long, with pauses. */
  *readLongFile(path: string): Work<Uint8Array> {
    const fd = this.openFile(path);
    try {
      const file = new FileBytes();
      while (this.#readPart(fd, file)) {
        const pause = this.pause();
        if (pause) yield pause;
      }
      return file.bytes;
    } finally {
      this.close(fd);
    }
  }

  // Of what the kernel writes for its reader, a page comes at a time.
  #readPart(fd: number, file: FileBytes): boolean {
    const room = file.room();
    const length = this.must("read", fd, room, room.length);
    file.length += length;
    return length > 0;
  }

  /** Writes a file of the kernel's, which is there, in one piece. */
  writeFile(path: string, bytes: Uint8Array): void {
    const fd = this.must("openat", c.AT_FDCWD, cString(path), c.O_WRONLY | c.O_CLOEXEC, 0);
    this.using(fd, () => this.must("write", fd, bytes, bytes.length));
  }

  mkdir(directory: number, name: string, mode: number): void {
    this.must("mkdirat", directory, cString(name), mode);
  }

  /** Makes an empty file; nothing that is there is touched. */
  makeFile(directory: number, name: string): void {
    this.must("mknodat", directory, cString(name), c.S_IFREG | 0o600, 0);
  }

  /** Writes bytes; how many that were. */
  write(fd: number, bytes: Uint8Array): number {
    return this.must("write", fd, bytes, bytes.length);
  }

  /** Reads the next bytes of a file into a buffer's beginning; how many that were, 0 at the end. */
  read(fd: number, buffer: Uint8Array, length: number): number {
    return this.must("read", fd, buffer, length);
  }

  /** Where a link leads, as it is written in it. */
  readLink(directory: number, name: string): Uint8Array {
    const length = this.must("readlinkat", directory, cString(name), linkBytes, linkBytes.length);
    return linkBytes.slice(0, length);
  }

  /**
   * The names in a directory that is open for reading, but "." and "..". One that is not UTF-8 is given to `odd` instead.
   * `seen` is told of every few hundred how many they are, and may throw.
   */
  list(
    directory: number,
    odd: (name: Uint8Array) => void = () => {},
    seen: (count: number) => void = () => {},
  ): string[] {
    const names: string[] = [];
    const entries = new Uint8Array(32768);
    for (;;) {
      const length = this.must("getdents64", directory, entries, entries.length);
      if (length === 0) return names;
      let count = 0;
      const found = namesIn(entries.subarray(0, length), (name) => {
        count += 1;
        odd(name);
      });
      seen(count + found.length);
      names.push(...found);
    }
  }

  /** The same, of all names: those that are not UTF-8 by their bytes. */
  listAll(directory: number): (string | Uint8Array)[] {
    const odd: Uint8Array[] = [];
    const names = this.list(directory, (name) => odd.push(name.slice()));
    return [...names, ...odd];
  }

  /** Of a file that is open, not of a name: that may have become a link. */
  changeMode(fd: number, mode: number): void {
    this.must("fchmod", fd, mode & 0o7777);
  }

  unlink(directory: number, name: string | Uint8Array): void {
    this.must("unlinkat", directory, cString(name), 0);
  }

  rmdir(directory: number, name: string | Uint8Array): void {
    this.must("unlinkat", directory, cString(name), c.AT_REMOVEDIR);
  }
}
