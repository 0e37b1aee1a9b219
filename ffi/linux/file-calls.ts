import { Buffer } from "node:buffer";
import { setImmediate } from "node:timers";
import type { Argument, CallName } from "./calls.ts";
import * as c from "./constants.ts";
import { EAGAIN, EINVAL, ENOSYS, EPERM, EXDEV } from "./errno.ts";
import type { Libc } from "./libc.ts";
import type { Work } from "./paced.ts";
import { cString, emptyString, FileStatx, namesIn, openHow, Statx, statxBytes } from "./structs.ts";
import { SyscallError } from "./syscall-error.ts";

// struct mnt_id_req without a size.
const emptyRequest = new Uint8Array(24);
const cachedHow = openHow(c.O_PATH | c.O_CLOEXEC, c.RESOLVE_CACHED);
const cachedNameHow = openHow(c.O_PATH | c.O_NOFOLLOW | c.O_CLOEXEC, c.RESOLVE_CACHED);
// A link holds a path at the most.
const linkBytes = new Uint8Array(4096);

// How many calls are made in one go: timers, signals and other sandboxes wait meanwhile.
const MOST_CALLS = 800;

/** The system calls about files, one function for each. */
export class FileCalls {
  protected readonly libc: Libc;
  /** What statx is asked for: the unique ids of mounts are of use to statmount only, /proc/self/mountinfo has the others. */
  #statxMask: number | undefined;
  #hasOpenat2 = true;

  /** How many calls were made since the event loop had a turn. */
  #calls = 0;
  readonly #startAnew = () => {
    this.#calls = 0;
  };

  constructor(libc: Libc) {
    this.libc = {
      name: libc.name,
      call: (name, a, b, c, d, e) => {
        if (this.#calls++ === 0) setImmediate(this.#startAnew);
        return libc.call(name, a, b, c, d, e);
      },
    };
  }

  /** A turn of the event loop, for long work to wait for; undefined while only a few calls were made since the last one. */
  pause(): Promise<void> | undefined {
    return this.#calls < MOST_CALLS ? undefined : new Promise((resolve) => setImmediate(resolve));
  }

  /** A descriptor that only names what is at a path from the working directory; links are followed. */
  openPath(path: string): number {
    return this.must("openat", c.AT_FDCWD, cString(path), c.O_PATH | c.O_CLOEXEC, 0);
  }

  /**
   * The same, if the kernel has all of the path cached; else undefined. No filesystem is asked, so it never waits. A filter
   * that does not know openat2 makes it `openPath`.
   */
  openCached(path: string): number | undefined {
    if (!this.#hasOpenat2) return this.openPath(path);
    const fd = this.libc.call("openat2", c.AT_FDCWD, cString(path), cachedHow, cachedHow.length);
    if (fd >= 0) return fd;
    if (fd === -EAGAIN) return undefined;
    if (fd !== -ENOSYS && fd !== -EPERM) throw new SyscallError("openat2", -fd);
    this.#hasOpenat2 = false;
    return this.openPath(path);
  }

  /**
   * A descriptor that only names what is called `name` in a directory, a link itself if it is one; undefined if that has to
   * be asked of a server. `isAtHand` says that the directory's filesystem may be asked; one that is mounted there may not.
   */
  openBelow(directory: number, name: string, { isAtHand }: { isAtHand: boolean }): number | undefined {
    const flags = c.O_PATH | c.O_NOFOLLOW | c.O_CLOEXEC;
    for (const resolve of isAtHand ? [c.RESOLVE_CACHED, c.RESOLVE_NO_XDEV] : [c.RESOLVE_CACHED]) {
      const how = openHow(flags, resolve | c.RESOLVE_NO_SYMLINKS);
      const fd = this.libc.call("openat2", directory, cString(name), how, how.length);
      if (fd >= 0) return fd;
      if (fd !== -EAGAIN && fd !== -EXDEV) throw new SyscallError("openat2", -fd);
    }
    return undefined;
  }

  /** A descriptor that only names what another descriptor stands for. */
  reopen(fd: number): number {
    return this.openPath(`/proc/self/fd/${fd}`);
  }

  /** A descriptor of a directory that is called `name` in another one; a link is refused. */
  openDirectory(directory: number, name: string | Uint8Array, flags: number): number {
    const all = flags | c.O_DIRECTORY | c.O_NOFOLLOW | c.O_CLOEXEC;
    return this.must("openat", directory, cString(name), all, 0);
  }

  /** A descriptor that only names what is called `name` in a directory: each character is a byte. A link is not followed. */
  openName(directory: number, name: string): number {
    const bytes = Buffer.from(`${name}\0`, "latin1");
    return this.must("openat", directory, bytes, c.O_PATH | c.O_NOFOLLOW | c.O_CLOEXEC, 0);
  }

  /** The same, if the kernel has the name cached; else undefined. No filesystem is asked, as by `openCached`. */
  openNameCached(directory: number, name: string): number | undefined {
    if (!this.#hasOpenat2) return undefined;
    const bytes = Buffer.from(`${name}\0`, "latin1");
    const fd = this.libc.call("openat2", directory, bytes, cachedNameHow, cachedNameHow.length);
    if (fd >= 0) return fd;
    if (fd === -EAGAIN || fd === -ENOSYS || fd === -EPERM) return undefined;
    throw new SyscallError("openat2", -fd);
  }

  /** A descriptor of a file of the kernel's, to read it. */
  openFile(path: string): number {
    return this.must("openat", c.AT_FDCWD, cString(path), c.O_RDONLY | c.O_CLOEXEC, 0);
  }

  /** The path of what a descriptor stands for, as mountinfo has paths: each byte is one character. */
  pathOf(fd: number): string {
    const bytes = new Uint8Array(4096);
    const path = cString(`/proc/self/fd/${fd}`);
    const length = this.must("readlinkat", c.AT_FDCWD, path, bytes, bytes.length);
    return Buffer.from(bytes.buffer, 0, length).toString("latin1");
  }

  close(fd: number): void {
    this.libc.call("close", fd);
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

  /** What `use` makes of a descriptor, which is closed then. */
  using<T>(fd: number, use: (fd: number) => T): T {
    try {
      return use(fd);
    } finally {
      this.close(fd);
    }
  }

  mkdir(directory: number, name: string, mode: number): void {
    this.must("mkdirat", directory, cString(name), mode);
  }

  /** Makes an empty file; nothing that is there is touched. */
  makeFile(directory: number, name: string): void {
    this.must("mknodat", directory, cString(name), c.S_IFREG | 0o600, 0);
  }

  /** A descriptor of a new file, for its owner alone, to write it. */
  makeFileToWrite(directory: number, name: string): number {
    const flags = c.O_WRONLY | c.O_CREAT | c.O_EXCL | c.O_CLOEXEC;
    return this.must("openat", directory, cString(name), flags, 0o600);
  }

  /** Writes bytes; how many that were. */
  write(fd: number, bytes: Uint8Array): number {
    return this.must("write", fd, bytes, bytes.length);
  }

  /**
   * A descriptor of a file called `name` in a directory, to read it. A link is refused, and nobody is waited for: neither
   * at the other end of a pipe, nor a terminal.
   */
  openToRead(directory: number, name: string): number {
    const flags = c.O_RDONLY | c.O_NOFOLLOW | c.O_NONBLOCK | c.O_NOCTTY | c.O_CLOEXEC;
    return this.must("openat", directory, cString(name), flags, 0);
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

  /** Makes a socket file that nobody listens on. */
  makeSocket(directory: number, name: string): void {
    this.must("mknodat", directory, cString(name), c.S_IFSOCK, 0);
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

  /** Takes the lock of a file without waiting; false when another process holds it. */
  tryLock(fd: number): boolean {
    const result = this.libc.call("flock", fd, c.LOCK_EX | c.LOCK_NB);
    if (result === -EAGAIN) return false;
    if (result < 0) throw new SyscallError("flock", -result);
    return true;
  }

  // Unique ids are of no use without both calls.
  #hasStatmount(): boolean {
    return this.#knows("statmount") && this.#knows("listmount");
  }

  // An empty request is EINVAL where a call is known; ENOSYS is Linux before 6.8, either may be a seccomp filter.
  #knows(name: CallName): boolean {
    const result = this.libc.call(name, emptyRequest, emptyRequest, 0, 0);
    if (result === -EINVAL) return true;
    if (result === -ENOSYS || result === -EPERM) return false;
    throw new SyscallError(name, -result);
  }

  /** What a call gives. */
  protected must(
    name: CallName,
    a?: Argument,
    b?: Argument,
    c?: Argument,
    d?: Argument,
    e?: Argument,
  ): number {
    const result = this.libc.call(name, a, b, c, d, e);
    if (result < 0) throw new SyscallError(name, -result);
    return result;
  }
}
