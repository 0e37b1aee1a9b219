import { cString, emptyString } from "../linux/c-strings.ts";
import * as c from "../linux/constants.ts";
import { EINVAL, EMLINK, EPERM } from "../linux/errno.ts";
import { FileCalls } from "../linux/file-calls.ts";
import { SyscallError } from "../linux/syscall-error.ts";

/** The system calls by which an agent writes. */
export class GuestCalls extends FileCalls {
  /** A descriptor that only names the directory at a path. Links are followed. */
  openPlace(path: string): number {
    const flags = c.O_PATH | c.O_DIRECTORY | c.O_CLOEXEC;
    return this.must("openat", c.AT_FDCWD, cString(path), flags, 0);
  }

  /** A descriptor that only names a file, a directory, or a link itself. */
  openNamed(directory: number, name: string): number {
    return this.must("openat", directory, cString(name), c.O_PATH | c.O_NOFOLLOW | c.O_CLOEXEC, 0);
  }

  /**
   * A descriptor of a file to write to. A missing file is made. A link is refused, and so is a file that no guest made: a pipe, a
   * device, or a file with another name, which may be outside.
   */
  openToWrite(directory: number, name: string, flags: number, mode: number): number {
    const all = flags | c.O_CREAT | c.O_NOFOLLOW | c.O_NONBLOCK | c.O_NOCTTY | c.O_CLOEXEC;
    const fd = this.must("openat", directory, cString(name), all, mode);
    try {
      this.mustBeOwn(fd);
      return fd;
    } catch (error) {
      this.close(fd);
      throw error;
    }
  }

  /** A descriptor of a link that was just made. Another file in its place is refused. */
  openMadeLink(directory: number, name: string): number {
    const fd = this.openNamed(directory, name);
    const { type, linkCount } = this.fileStatx(fd);
    if (type === c.S_IFLNK && linkCount <= 1) return fd;
    this.close(fd);
    throw new SyscallError(
      "openat",
      type === c.S_IFLNK ? EMLINK : EINVAL,
      "something else is in the link's place",
    );
  }

  /** Refuses a file that no guest made: a guest makes no pipes and devices, and gives no file a second name. */
  mustBeOwn(fd: number): void {
    const { type, linkCount } = this.fileStatx(fd);
    if (type === c.S_IFDIR) return;
    if (type !== c.S_IFREG) throw new SyscallError("openat", EINVAL, "it is no file");
    if (linkCount > 1) throw new SyscallError("openat", EMLINK);
  }

  /** Makes a file empty. */
  truncate(fd: number): void {
    this.must("ftruncate", fd, 0);
  }

  /** Writes all bytes at an offset of a file. */
  writeAt(fd: number, bytes: Uint8Array, offset: number): void {
    for (let done = 0; done < bytes.length; ) {
      const rest = bytes.subarray(done);
      done += this.must("pwrite64", fd, rest, rest.length, offset + done);
    }
  }

  /** Changes the mode of the file that a naming descriptor names. */
  changeNamedMode(fd: number, mode: number): void {
    this.must("fchmodat", c.AT_FDCWD, cString(`/proc/self/fd/${fd}`), mode & 0o7777);
  }

  /** Changes the owner of a descriptor's file, or link. */
  changeOwner(fd: number, uid: number, gid: number): void {
    const result = this.call("fchownat", fd, emptyString, uid | 0, gid | 0, c.AT_EMPTY_PATH);
    // Only root gives files away. A change to no other owner clears the set-user-id bit as any change of owner does.
    if (result === -EPERM) this.must("fchownat", fd, emptyString, -1, -1, c.AT_EMPTY_PATH);
    else if (result < 0) throw new SyscallError("fchownat", -result);
  }

  /** Renames a file within a directory; a file that has the new name is replaced. */
  rename(directory: number, from: string, to: string): void {
    const bytes = cString(from);
    const first = bytes.slice(0, bytes.indexOf(0) + 1); // the next cString uses the same memory
    this.must("renameat", directory, first, directory, cString(to));
  }

  /** Makes a link. */
  makeLink(target: Uint8Array, directory: number, name: string): void {
    if (target.includes(0)) throw new SyscallError("symlinkat", EINVAL, "its target has a NUL in it");
    const bytes = new Uint8Array(target.length + 1);
    bytes.set(target);
    this.must("symlinkat", bytes, directory, cString(name));
  }

  /** Whether a name leads to anything. Links are followed. */
  leadsSomewhere(directory: number, name: string): boolean {
    return this.#opens(directory, name, 0);
  }

  /** Whether a name leads to a directory. Links are followed. */
  leadsToDirectory(directory: number, name: string): boolean {
    return this.#opens(directory, name, c.O_DIRECTORY);
  }

  #opens(directory: number, name: string, flags: number): boolean {
    const fd = this.call("openat", directory, cString(name), c.O_PATH | c.O_CLOEXEC | flags, 0);
    if (fd >= 0) this.close(fd);
    return fd >= 0;
  }
}
