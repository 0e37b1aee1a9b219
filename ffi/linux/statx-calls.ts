import { cString, emptyString } from "./c-strings.ts";
import type { CallName } from "./calls.ts";
import * as c from "./constants.ts";
import { EINVAL, ENOSYS, EPERM } from "./errno.ts";
import { OpenCalls } from "./open-calls.ts";
import { FileStatx, Statx, statxBytes } from "./structs.ts";
import { SyscallError } from "./syscall-error.ts";

// struct mnt_id_req without a size.
const emptyRequest = new Uint8Array(24);
/** What files are, as statx says. */
export class StatxCalls extends OpenCalls {
  /** What statx is asked for: the unique ids of mounts are of use to statmount only, /proc/self/mountinfo has the others. */
  #statxMask: number | undefined;

  /**
   * What a name in a directory is; a link is not followed. An empty name asks about the descriptor itself. Its filesystem
   * is not asked: one whose server is dead or hangs answers with what the kernel knows.
   */
  statx(directory: number, name: string | Uint8Array = ""): Statx {
    this.#statx(directory, name, c.AT_STATX_DONT_SYNC);
    return new Statx();
  }

  /** What a path of the kernel's own leads to; links are followed. */
  statxAt(path: string): Statx {
    this.#ask(c.AT_FDCWD, cString(path), c.AT_STATX_DONT_SYNC);
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
    this.#ask(directory, name === "" ? emptyString : cString(name), flags);
  }

  #ask(directory: number, path: Uint8Array, flags: number): void {
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
