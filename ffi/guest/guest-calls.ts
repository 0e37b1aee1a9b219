import * as c from "../linux/constants.ts";
import { FileCalls } from "../linux/file-calls.ts";
import { cString, emptyString } from "../linux/structs.ts";

/** The system calls by which an agent writes. */
export class GuestCalls extends FileCalls {
  /** A descriptor of a file to write to, made where it is missing; a link is refused. */
  openToWrite(directory: number, name: string, flags: number, mode: number): number {
    const all = flags | c.O_CREAT | c.O_NOFOLLOW | c.O_NONBLOCK | c.O_CLOEXEC;
    return this.must("openat", directory, cString(name), all, mode);
  }

  /** Writes all bytes at a place in a file. */
  writeAt(fd: number, bytes: Uint8Array, offset: number): void {
    for (let done = 0; done < bytes.length; ) {
      const rest = bytes.subarray(done);
      done += this.must("pwrite64", fd, rest, rest.length, offset + done);
    }
  }

  changeMode(fd: number, mode: number): void {
    this.must("fchmod", fd, mode & 0o7777);
  }

  /** Changes the owner of what has a name; of the descriptor itself where the name is empty. A link is not followed. */
  changeOwner(directory: number, name: string, uid: number, gid: number): void {
    const path = name === "" ? emptyString : cString(name);
    const flags = name === "" ? c.AT_EMPTY_PATH : c.AT_SYMLINK_NOFOLLOW;
    this.must("fchownat", directory, path, uid | 0, gid | 0, flags);
  }

  /** Gives something another name in the same directory; what has that name is gone then. */
  rename(directory: number, from: string, to: string): void {
    const bytes = cString(from);
    const first = bytes.slice(0, bytes.indexOf(0) + 1); // cString's memory is about to be used again
    this.must("renameat", directory, first, directory, cString(to));
  }

  /** Makes a link. */
  makeLink(target: Uint8Array, directory: number, name: string): void {
    const bytes = new Uint8Array(target.length + 1);
    bytes.set(target);
    this.must("symlinkat", bytes, directory, cString(name));
  }

  /** Whether there is something where a name leads, links followed. */
  leadsSomewhere(directory: number, name: string): boolean {
    const fd = this.libc.call("openat", directory, cString(name), c.O_PATH | c.O_CLOEXEC, 0);
    if (fd >= 0) this.close(fd);
    return fd >= 0;
  }
}
