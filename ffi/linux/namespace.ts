import { Buffer } from "node:buffer";
import { readProcessStat } from "../../words/process-stat.ts";
import { AT_FDCWD } from "./constants.ts";
import { EACCES, ENOENT, ESRCH } from "./errno.ts";
import type { Machine } from "./machine.ts";
import { pid } from "./process.ts";
import type { Statx } from "./structs.ts";
import { SyscallError } from "./syscall-error.ts";
import type { Syscalls } from "./syscalls.ts";

/** A mount namespace, as a process in it noted. */
export interface Namespace {
  /** The kernel's boot_id: after another boot nothing of it is left. Empty where it is hidden. */
  readonly boot: string;
  /** An id that no other namespace has until the next boot; absent before Linux 6.11. */
  readonly id?: number;
  /** The number in "mnt:[4026531832]": no other namespace has it at the same time. */
  readonly inode: number;
  /** The same of the user namespace of the process. */
  readonly userInode: number;
  /** The process, by the number that it has in its own namespace of processes. */
  readonly process: number;
  /** When that process started, in ticks since the boot: another one may have its number now. */
  readonly started: number;
}

// A process of several threads, as these runtimes are, cannot change its user namespace; its mount namespace has another id then.
const known = new WeakMap<Syscalls, Namespace>();

/** The mount namespace of this process; `file` is on any mount of it. */
export function ownNamespace({ sys, table }: Machine, file: Statx): Namespace {
  const id = table.namespaceIdOf(file);
  const before = known.get(sys);
  if (before && id !== undefined && before.id === id) return before;
  const own = {
    boot: bootId(sys),
    ...(id !== undefined && { id }),
    inode: inodeOf(sys, "/proc/self/ns/mnt"),
    userInode: inodeOf(sys, "/proc/self/ns/user"),
    process: pid,
    started: startOf(sys, "self"),
  };
  known.set(sys, own);
  return own;
}

/** The inode of what is at a path of the kernel's, links followed. */
export function inodeOf(sys: Syscalls, path: string): number {
  return Number(sys.statxAt(path).identity.split(":")[2]);
}

/** When a process started, in ticks since the boot. One that has ended is gone (ESRCH), also while nobody has waited for it. */
export function startOf(sys: Syscalls, process: number | "self"): number {
  const { started, hasEnded } = readProcessStat(textOf(sys.readFile(`/proc/${process}/stat`)));
  if (hasEnded) throw new SyscallError("read", ESRCH);
  return started;
}

/** Which boot of the kernel this is; empty where a container hides it behind a file of its own. */
export function bootId(sys: Syscalls): string {
  const path = "/proc/sys/kernel/random/boot_id";
  try {
    return sys.statxAt(path).isMountRoot ? "" : textOf(sys.readFile(path)).trim();
  } catch (error) {
    if (error instanceof SyscallError && [ENOENT, EACCES].includes(error.errno)) return "";
    throw error;
  }
}

/** Whether a namespace is of this boot; where one of the two is not known it is taken for granted. */
export function isOfThisBoot(sys: Syscalls, { boot }: Pick<Namespace, "boot">): boolean {
  const now = bootId(sys);
  return boot === "" || now === "" || boot === now;
}

/** Where a link of /proc leads. */
export function linkAt(sys: Syscalls, path: string): string {
  return textOf(sys.readLink(AT_FDCWD, path));
}

/** Bytes of the kernel's as a text. */
export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}
