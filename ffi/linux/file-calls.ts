import { Buffer } from "node:buffer";
import { cString, emptyString, namesIn } from "./c-strings.ts";
import type { CallName } from "./calls.ts";
import * as c from "./constants.ts";
import { EINVAL, ENOSYS, EPERM } from "./errno.ts";
import { OpenCalls } from "./open-calls.ts";
import type { Work } from "./paced.ts";
import { FileStatx, Statx, statxBytes } from "./structs.ts";
import { SyscallError } from "./syscall-error.ts";

// struct mnt_id_req without a size.
const emptyRequest = new Uint8Array(24);
// A link holds a path at the most.
const linkBytes = new Uint8Array(4096);

/** The system calls about files, one function for each. */
export class FileCalls extends OpenCalls {
  /** What statx is asked for: the unique ids of mounts are of use to statmount only, /proc/self/mountinfo has the others. */
  #statxMask: number | undefined;

  /** The path of what a descriptor stands for, as mountinfo has paths: each byte is one character. */
  pathOf(fd: number): string {
    const bytes = new Uint8Array(4096);
    const path = cString(`/proc/self/fd/${fd}`);
    const length = this.must("readlinkat", c.AT_FDCWD, path, bytes, bytes.length);
    return Buffer.from(bytes.buffer, 0, length).toString("latin1");
  }

  /** The bytes of a file of the kernel's. Not through the runtime: Deno has the files of proc for `--allow-all` only. */
  readFile(path: string): Uint8Array {
    return this.using(this.openFile(path), (fd) => {
      const parts: Uint8Array[] = [];
      while (this.#readPart(fd, parts));
      return Buffer.concat(parts);
    });
  }

  /** The same of a file that may be long, with pauses. */
  *readLongFile(path: string): Work<Uint8Array> {
    const fd = this.openFile(path);
    try {
      const parts: Uint8Array[] = [];
      while (this.#readPart(fd, parts)) {
        const pause = this.pause();
        if (pause) yield pause;
      }
      return Buffer.concat(parts);
    } finally {
      this.close(fd);
    }
  }

  // Of what the kernel writes for its reader, a page comes at a time.
  #readPart(fd: number, parts: Uint8Array[]): boolean {
    const part = new Uint8Array(16384);
    const length = this.must("read", fd, part, part.length);
    parts.push(part.subarray(0, length));
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

  /**
   * What a name in a directory is; a link is not followed. An empty name asks about the descriptor itself. Its filesystem
   * is not asked: one whose server is dead or hangs answers with what the kernel knows.
   */
  statx(directory: number, name: string | Uint8Array = ""): Statx {
    this.#statx(directory, name, c.AT_STATX_DONT_SYNC);
    return new Statx();
  }

  /** The same of a file that is to be copied, as its filesystem has it now. */
  fileStatx(directory: number, name = ""): FileStatx {
    this.#statx(directory, name, 0);
    return new FileStatx();
  }

  /** Whether what is at a descriptor is as it was: the same file, of the same size, and nothing in it changed. */
  isUnchanged(fd: number, file: FileStatx): boolean {
    this.#statx(fd, "", 0);
    return file.isNow();
  }

  #statx(directory: number, name: string | Uint8Array, sync: number): void {
    const flags = sync | (name === "" ? c.AT_EMPTY_PATH : c.AT_SYMLINK_NOFOLLOW);
    const path = name === "" ? emptyString : cString(name);
    this.#statxMask ??= this.#hasStatmount() ? Statx.mask : Statx.mask & ~c.STATX_MNT_ID_UNIQUE;
    this.must("statx", directory, path, flags, this.#statxMask, statxBytes);
  }

  // Unique ids are of no use without both calls.
  #hasStatmount(): boolean {
    return this.#knows("statmount") && this.#knows("listmount");
  }

  // An empty request is EINVAL where a call is known; ENOSYS is Linux before 6.8, either may be a seccomp filter.
  #knows(name: CallName): boolean {
    const result = this.call(name, emptyRequest, emptyRequest, 0, 0);
    if (result === -EINVAL) return true;
    if (result === -ENOSYS || result === -EPERM) return false;
    throw new SyscallError(name, -result);
  }
}
