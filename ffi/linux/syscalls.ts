import { Buffer } from "node:buffer";
import type { Argument, CallName } from "./calls.ts";
import * as c from "./constants.ts";
import { EAGAIN, ENOSYS, EPERM } from "./errno.ts";
import type { Libc } from "./libc.ts";
import { cString, emptyString, mountAttributes, Statx, statxBytes } from "./structs.ts";
import { SyscallError } from "./syscall-error.ts";

/** What a mount is to be: bits of MOUNT_ATTR_*, and one of MS_PRIVATE, MS_SHARED and so on. */
export interface MountSettings {
  readonly attributes?: number;
  readonly propagation?: number;
}

// struct mnt_id_req without a size.
const emptyRequest = new Uint8Array(24);

/** The system calls that we make, one function for each: they take and give descriptors, and throw a SyscallError. */
export class Syscalls {
  readonly #libc: Libc;
  /** Linux before 6.15 has no open_tree_attr. */
  #hasOpenTreeAttr = true;
  /** What statx is asked for: the unique ids of mounts are of use to statmount only, /proc/self/mountinfo has the others. */
  #statxMask: number | undefined;

  constructor(libc: Libc) {
    this.#libc = libc;
  }

  /** A descriptor that only names what is at a path from the working directory; links are followed. */
  openPath(path: string): number {
    return this.#must("openat", c.AT_FDCWD, cString(path), c.O_PATH | c.O_CLOEXEC, 0);
  }

  /** A descriptor of a directory that is called `name` in another one; a link is refused. */
  openDirectory(directory: number, name: string, flags: number): number {
    const all = flags | c.O_DIRECTORY | c.O_NOFOLLOW | c.O_CLOEXEC;
    return this.#must("openat", directory, cString(name), all, 0);
  }

  close(fd: number): void {
    this.#libc.call("close", fd);
  }

  /** The bytes of a file of the kernel's. Not through the runtime: Deno has the files of proc for `--allow-all` only. */
  readFile(path: string): Uint8Array {
    const fd = this.#must("openat", c.AT_FDCWD, cString(path), c.O_RDONLY | c.O_CLOEXEC, 0);
    return this.using(fd, () => {
      const parts: Uint8Array[] = [];
      for (;;) {
        const part = new Uint8Array(65536);
        const length = this.#must("read", fd, part, part.length);
        if (length === 0) return Buffer.concat(parts);
        parts.push(part.subarray(0, length));
      }
    });
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
    this.#must("mkdirat", directory, cString(name), mode);
  }

  chmod(directory: number, name: string, mode: number): void {
    this.#must("fchmodat", directory, cString(name), mode);
  }

  /** Makes a socket file that nobody listens on. */
  makeSocket(directory: number, name: string): void {
    this.#must("mknodat", directory, cString(name), c.S_IFSOCK, 0);
  }

  unlink(directory: number, name: string): void {
    this.#must("unlinkat", directory, cString(name), 0);
  }

  rmdir(directory: number, name: string): void {
    this.#must("unlinkat", directory, cString(name), c.AT_REMOVEDIR);
  }

  /** What a name in a directory is; a link is not followed. An empty name asks about the descriptor itself. */
  statx(directory: number, name = ""): Statx {
    const flags = name === "" ? c.AT_EMPTY_PATH : c.AT_SYMLINK_NOFOLLOW;
    const path = name === "" ? emptyString : cString(name);
    this.#statxMask ??= this.#hasStatmount() ? Statx.mask : Statx.mask & ~c.STATX_MNT_ID_UNIQUE;
    this.#must("statx", directory, path, flags, this.#statxMask, statxBytes);
    return new Statx();
  }

  /** Takes the lock of a file without waiting; false when another process holds it. */
  tryLock(fd: number): boolean {
    const result = this.#libc.call("flock", fd, c.LOCK_EX | c.LOCK_NB);
    if (result === -EAGAIN) return false;
    if (result < 0) throw new SyscallError("flock", -result);
    return true;
  }

  /** Detaches the mount on a name, with all below it. A link is refused. */
  umount(directory: number, name: string): void {
    const path = cString(`/proc/self/fd/${directory}/${name}`);
    this.#must("umount2", path, c.MNT_DETACH | c.UMOUNT_NOFOLLOW);
  }

  /** What is at a path, as `openPath`, after an automounter there has mounted it. */
  openMounted(path: string): number {
    return this.#must("open_tree", c.AT_FDCWD, cString(path), c.OPEN_TREE_CLOEXEC);
  }

  /** A detached clone of the mount tree at a descriptor, as it stands. */
  cloneTree(fd: number): number {
    const flags = c.OPEN_TREE_CLONE | c.OPEN_TREE_CLOEXEC | c.AT_EMPTY_PATH | c.AT_RECURSIVE;
    return this.#must("open_tree", fd, emptyString, flags);
  }

  /** A detached clone of what is at a descriptor, with its settings from the first instant; with `recursive` of all mounts below. */
  clone(fd: number, recursive: boolean, settings: MountSettings): number {
    const depth = recursive ? c.AT_RECURSIVE : 0;
    const flags = c.OPEN_TREE_CLONE | c.OPEN_TREE_CLOEXEC | c.AT_EMPTY_PATH | depth;
    if (this.#hasOpenTreeAttr) {
      const attr = mountAttributes(settings.attributes ?? 0, settings.propagation ?? 0);
      const tree = this.#libc.call("open_tree_attr", fd, emptyString, flags, attr, attr.length);
      if (tree >= 0) return tree;
      // A seccomp filter may answer EPERM for a call that it does not know; the two older ones show what is really meant.
      if (tree !== -ENOSYS && tree !== -EPERM) throw new SyscallError("open_tree_attr", -tree);
      if (tree === -ENOSYS) this.#hasOpenTreeAttr = false;
    }
    const tree = this.#must("open_tree", fd, emptyString, flags);
    try {
      this.set(tree, recursive, settings);
    } catch (error) {
      this.close(tree);
      throw error;
    }
    return tree;
  }

  /** Changes the mount at a descriptor; with `recursive` all mounts below it too. */
  set(fd: number, recursive: boolean, settings: MountSettings): void {
    const attr = mountAttributes(settings.attributes ?? 0, settings.propagation ?? 0);
    const flags = c.AT_EMPTY_PATH | (recursive ? c.AT_RECURSIVE : 0);
    this.#must("mount_setattr", fd, emptyString, flags, attr, attr.length);
  }

  /** Attaches a detached tree to a name in a directory. */
  attach(tree: number, directory: number, name: string): void {
    this.#must("move_mount", tree, emptyString, directory, cString(name), c.MOVE_MOUNT_F_EMPTY_PATH);
  }

  /** A detached tmpfs. */
  makeTmpfs(source: string, mode: number, attributes: number): number {
    const fs = this.#must("fsopen", cString("tmpfs"), c.FSOPEN_CLOEXEC);
    try {
      this.#configure(fs, "source", source);
      this.#configure(fs, "mode", mode.toString(8));
      this.#must("fsconfig", fs, c.FSCONFIG_CMD_CREATE, null, null, 0);
      return this.#must("fsmount", fs, c.FSMOUNT_CLOEXEC, attributes);
    } finally {
      this.close(fs);
    }
  }

  // An empty request is EINVAL where the call is known; ENOSYS is Linux before 6.8, either may be a seccomp filter.
  #hasStatmount(): boolean {
    const result = this.#libc.call("statmount", emptyRequest, emptyRequest, 0, 0);
    return result !== -ENOSYS && result !== -EPERM;
  }

  /** What the kernel's statmount says into `buffer`; the errno as a negative number. */
  statmount(request: Uint8Array, buffer: Uint8Array): number {
    return this.#libc.call("statmount", request, buffer, buffer.length, 0);
  }

  #configure(fs: number, key: string, value: string): void {
    const name = cString(key).slice(0, key.length + 1); // cString's memory is about to be used again
    this.#must("fsconfig", fs, c.FSCONFIG_SET_STRING, name, cString(value), 0);
  }

  #must(name: CallName, a?: Argument, b?: Argument, c?: Argument, d?: Argument, e?: Argument): number {
    const result = this.#libc.call(name, a, b, c, d, e);
    if (result < 0) throw new SyscallError(name, -result);
    return result;
  }
}
