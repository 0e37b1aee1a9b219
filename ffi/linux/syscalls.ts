import { Buffer } from "node:buffer";
import { cString, emptyString } from "./c-strings.ts";
import * as c from "./constants.ts";
import { EAGAIN, ENOSYS, EPERM } from "./errno.ts";
import { ProcessCalls } from "./process-calls.ts";
import { type MountSettings, mountAttributes, writeLockAt } from "./structs.ts";
import { SyscallError, unlessMissing } from "./syscall-error.ts";

/** The system calls that we make, one function for each: they take and give descriptors, and throw a SyscallError. */
export class Syscalls extends ProcessCalls {
  /** Linux before 6.15 has no open_tree_attr. */
  #hasOpenTreeAttr = true;

  /** Takes the lock of a file without waiting; false when another process holds it. */
  tryLock(fd: number): boolean {
    const result = this.call("flock", fd, c.LOCK_EX | c.LOCK_NB);
    if (result === -EAGAIN) return false;
    if (result < 0) throw new SyscallError("flock", -result);
    return true;
  }

  /** Takes the lock of one byte of a file without waiting, for as long as the descriptor is open; false when another one has it. */
  tryLockByte(fd: number, offset: number): boolean {
    const result = this.call("fcntl", fd, c.F_OFD_SETLK, writeLockAt(offset));
    if (result === -EAGAIN) return false;
    if (result < 0) throw new SyscallError("fcntl", -result);
    return true;
  }

  /** Fills a buffer of at most 256 bytes with random ones, which the kernel gives at once; false where it gives none. */
  fillRandom(bytes: Uint8Array): boolean {
    return this.call("getrandom", bytes, bytes.length, 0) === bytes.length;
  }

  /** Makes a socket file that nobody listens on. */
  makeSocket(directory: number, name: string): void {
    this.must("mknodat", directory, cString(name), c.S_IFSOCK, 0);
  }

  /** Detaches the mount on a name, with its submounts; false where nothing is mounted. A link is not followed. */
  umount(directory: number, name: string): boolean {
    const path = cString(`/proc/self/fd/${directory}/${name}`);
    const result = this.call("umount2", path, c.MNT_DETACH | c.UMOUNT_NOFOLLOW);
    if (result >= 0) return true;
    // The errno of a name that has no mount is also that of a mount that is locked.
    if (unlessMissing(() => this.statx(directory, name))?.isMountRoot)
      throw new SyscallError("umount2", -result);
    return false;
  }

  /** As `umount`, in a thread of the pool; false also for a mount that is still there. */
  umountInPool(directory: number, name: string): Promise<boolean> {
    // Bytes of its own: those of cString are used again before the thread has read them.
    const path = Buffer.from(`/proc/self/fd/${directory}/${name}\0`);
    return this.unmountInPool(path, c.MNT_DETACH | c.UMOUNT_NOFOLLOW);
  }

  /** Detaches the mount that a descriptor of its root stands for, whatever covers it, with all below it. */
  unmountTree(tree: number): void {
    this.must("umount2", cString(`/proc/self/fd/${tree}/.`), c.MNT_DETACH | c.UMOUNT_NOFOLLOW);
  }

  /** Detaches the mount that is topmost at a descriptor, a directory's or a file's, with all below it. */
  unmountAt(fd: number): void {
    this.must("umount2", cString(`/proc/self/fd/${fd}`), c.MNT_DETACH);
  }

  /** What is at a path, as `openPath`, after an automounter there has mounted it. */
  openMounted(path: string): number {
    return this.must("open_tree", c.AT_FDCWD, cString(path), c.OPEN_TREE_CLOEXEC);
  }

  /** A detached clone of the mount tree at a descriptor, as it stands. */
  cloneTree(fd: number): number {
    const flags = c.OPEN_TREE_CLONE | c.OPEN_TREE_CLOEXEC | c.AT_EMPTY_PATH | c.AT_RECURSIVE;
    return this.must("open_tree", fd, emptyString, flags);
  }

  /** A detached clone of what is at a descriptor, with its settings from the first instant; with `recursive` of all mounts below. */
  clone(fd: number, recursive: boolean, settings: MountSettings): number {
    const depth = recursive ? c.AT_RECURSIVE : 0;
    const flags = c.OPEN_TREE_CLONE | c.OPEN_TREE_CLOEXEC | c.AT_EMPTY_PATH | depth;
    if (this.#hasOpenTreeAttr) {
      const attr = mountAttributes(settings);
      const tree = this.call("open_tree_attr", fd, emptyString, flags, attr, attr.length);
      if (tree >= 0) return tree;
      // A seccomp filter may answer EPERM for a call that it does not know; the two older ones show what is really meant.
      if (tree !== -ENOSYS && tree !== -EPERM) throw new SyscallError("open_tree_attr", -tree);
      if (tree === -ENOSYS) this.#hasOpenTreeAttr = false;
    }
    const tree = this.must("open_tree", fd, emptyString, flags);
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
    const attr = mountAttributes(settings);
    const flags = c.AT_EMPTY_PATH | (recursive ? c.AT_RECURSIVE : 0);
    this.must("mount_setattr", fd, emptyString, flags, attr, attr.length);
  }

  /** Attaches a detached tree to a name in a directory. */
  attach(tree: number, directory: number, name: string): void {
    this.must("move_mount", tree, emptyString, directory, cString(name), c.MOVE_MOUNT_F_EMPTY_PATH);
  }

  /** Attaches a detached tree to what is at a descriptor. */
  attachOn(tree: number, fd: number): void {
    const flags = c.MOVE_MOUNT_F_EMPTY_PATH | c.MOVE_MOUNT_T_EMPTY_PATH;
    this.must("move_mount", tree, emptyString, fd, emptyString, flags);
  }

  /** A detached tmpfs. */
  makeTmpfs(source: string, mode: number, attributes: number): number {
    const fs = this.must("fsopen", cString("tmpfs"), c.FSOPEN_CLOEXEC);
    try {
      this.#configure(fs, "source", source);
      this.#configure(fs, "mode", mode.toString(8));
      this.must("fsconfig", fs, c.FSCONFIG_CMD_CREATE, null, null, 0);
      return this.must("fsmount", fs, c.FSMOUNT_CLOEXEC, attributes);
    } finally {
      this.close(fs);
    }
  }

  /** What the kernel's statmount says into `buffer`; the errno as a negative number. */
  statmount(request: Uint8Array, buffer: Uint8Array): number {
    return this.call("statmount", request, buffer, buffer.length, 0);
  }

  /** The ids that the kernel's listmount says into `ids`: how many; the errno as a negative number. */
  listmount(request: Uint8Array, ids: BigUint64Array): number {
    const bytes = new Uint8Array(ids.buffer, ids.byteOffset, ids.byteLength);
    return this.call("listmount", request, bytes, ids.length, 0);
  }

  /** The id of a mount namespace at a descriptor; undefined where the kernel does not know the question (before 6.11). */
  mountNamespaceId(fd: number): number | undefined {
    const id = new BigUint64Array(1);
    const result = this.call("ioctl", fd, c.NS_GET_MNTNS_ID, new Uint8Array(id.buffer));
    return result < 0 ? undefined : Number(id[0]);
  }

  #configure(fs: number, key: string, value: string): void {
    const name = cString(key).slice(0, key.length + 1); // cString's memory is about to be used again
    this.must("fsconfig", fs, c.FSCONFIG_SET_STRING, name, cString(value), 0);
  }

  /**
   * A descriptor from which attaches and detaches of mounts in this namespace are read without waiting (Linux 6.15); undefined where
   * the kernel, a filter or the user's rights do not give one.
   */
  openMountEvents(): number | undefined {
    const fd = this.call("fanotify_init", c.FAN_CLOEXEC | c.FAN_NONBLOCK | c.FAN_REPORT_MNT, c.O_RDONLY);
    if (fd < 0) return undefined;
    const flags = c.FAN_MARK_ADD | c.FAN_MARK_MNTNS;
    const mask = c.FAN_MNT_ATTACH | c.FAN_MNT_DETACH;
    const result = this.call("fanotify_mark", fd, flags, mask, c.AT_FDCWD, cString("/proc/self/ns/mnt"));
    if (result >= 0) return fd;
    this.close(fd);
    return undefined;
  }

  /** How many bytes a descriptor that does not wait gives now; 0 where it has none. */
  readNow(fd: number, buffer: Uint8Array): number {
    const length = this.call("read", fd, buffer, buffer.length);
    if (length < 0 && length !== -EAGAIN) throw new SyscallError("read", -length);
    return Math.max(length, 0);
  }
}
