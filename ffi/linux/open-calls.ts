import { Buffer } from "node:buffer";
import { cString } from "./c-strings.ts";
import * as c from "./constants.ts";
import { CountedCalls } from "./counted-calls.ts";
import { EACCES, EAGAIN, ENOENT, ENOSYS, ENOTDIR, EPERM, EXDEV } from "./errno.ts";
import { openHow } from "./structs.ts";
import { SyscallError, unlessOneOf } from "./syscall-error.ts";

const cachedHow = openHow(c.O_PATH | c.O_CLOEXEC, c.RESOLVE_CACHED);
const cachedNameHow = openHow(c.O_PATH | c.O_NOFOLLOW | c.O_CLOEXEC, c.RESOLVE_CACHED);

// The kernel says EAGAIN, too, where a rename or a mount somewhere comes between, and then does not look for itself what it was.
const CACHED_TRIES = 3;

/** The system calls that open files, one function for each. */
export class OpenCalls extends CountedCalls {
  #hasOpenat2 = true;

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
    const fd = this.#openat2(c.AT_FDCWD, cString(path), cachedHow);
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
      const fd = this.#openat2(directory, cString(name), how);
      if (fd >= 0) return fd;
      if (fd !== -EAGAIN && fd !== -EXDEV) throw new SyscallError("openat2", -fd);
    }
    return undefined;
  }

  #openat2(directory: number, name: Uint8Array, how: Uint8Array): number {
    for (let tries = 1; ; tries += 1) {
      const fd = this.call("openat2", directory, name, how, how.length);
      if (fd !== -EAGAIN || tries === CACHED_TRIES) return fd;
    }
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
    const fd = this.#openat2(directory, bytes, cachedNameHow);
    if (fd >= 0) return fd;
    if (fd === -EAGAIN || fd === -ENOSYS || fd === -EPERM) return undefined;
    throw new SyscallError("openat2", -fd);
  }

  /** A descriptor of a file of the kernel's, to read it. */
  openFile(path: string): number {
    return this.must("openat", c.AT_FDCWD, cString(path), c.O_RDONLY | c.O_CLOEXEC, 0);
  }

  /** A descriptor of a new file, for its owner alone, to write it. */
  makeFileToWrite(directory: number, name: string): number {
    const flags = c.O_WRONLY | c.O_CREAT | c.O_EXCL | c.O_CLOEXEC;
    return this.must("openat", directory, cString(name), flags, 0o600);
  }

  /** A descriptor of a file that is there, to write over what is in it. Otherwise as `openToRead`. */
  openToOverwrite(directory: number, name: string): number {
    const flags = c.O_WRONLY | c.O_NOFOLLOW | c.O_NONBLOCK | c.O_NOCTTY | c.O_CLOEXEC;
    return this.must("openat", directory, cString(name), flags, 0);
  }

  /**
   * A descriptor of a file called `name` in a directory, to read it. A link is refused, and nobody is waited for: neither
   * at the other end of a pipe, nor a terminal.
   */
  openToRead(directory: number, name: string): number {
    const flags = c.O_RDONLY | c.O_NOFOLLOW | c.O_NONBLOCK | c.O_NOCTTY | c.O_CLOEXEC;
    return this.must("openat", directory, cString(name), flags, 0);
  }

  /** Whether something is at a path; links are followed. What may not be reached counts as missing. */
  exists(path: string): boolean {
    const fd = unlessOneOf([ENOENT, ENOTDIR, EACCES], () => this.openPath(path));
    if (fd !== undefined) this.close(fd);
    return fd !== undefined;
  }
}
