import { Buffer } from "node:buffer";
import { checkOptionNames, type OptionNames } from "../../words/option-names.ts";
import { EINVAL, ENAMETOOLONG } from "../linux/errno.ts";
import type { Libc } from "../linux/libc.ts";
import { inodeOf } from "../linux/namespace.ts";
import { openLibc } from "../linux/open-libc.ts";
import { SyscallError } from "../linux/syscall-error.ts";
import { Syscalls } from "../linux/syscalls.ts";

/** How another process's mounts are entered, or a socket's process is found. */
export interface OtherProcessOptions {
  /** The way to libc. Default: the one of this runtime. */
  readonly libc?: Libc | undefined;
}

const names: OptionNames<OtherProcessOptions> = { libc: true };
// struct sockaddr_un: u16 sun_family, char sun_path[108]
const MOST_PATH = 108;

/** As door.ts has it. */
export async function enterMounts(process: number, options: OtherProcessOptions = {}): Promise<boolean> {
  checkOptionNames(options, names);
  if (!Number.isInteger(process) || process < 1)
    throw new TypeError(`a process has a number above 0, not ${JSON.stringify(process)}`);
  const sys = new Syscalls(options.libc ?? (await openLibc()));
  const namespace = sys.openFile(`/proc/${process}/ns/mnt`);
  return sys.using(namespace, () => {
    const wanted = inodeOf(sys, `/proc/self/fd/${namespace}`);
    if (inodeOf(sys, "/proc/self/ns/mnt") === wanted) return false;
    sys.enterMounts(namespace);
    // Of a process, /proc shows what its first thread has.
    if (inodeOf(sys, "/proc/self/ns/mnt") === wanted) return true;
    throw new SyscallError("setns", EINVAL, "only the first thread of a process leads it into a namespace");
  });
}

/** As door.ts has it. */
export async function listenerOf(
  socket: string,
  options: OtherProcessOptions = {},
): Promise<number | undefined> {
  checkOptionNames(options, names);
  const path = Buffer.from(socket);
  if (path.length >= MOST_PATH) throw new SyscallError("connect", ENAMETOOLONG);
  if (path.includes(0)) throw new SyscallError("connect", EINVAL, "a path has a NUL in it");
  const sys = new Syscalls(options.libc ?? (await openLibc()));
  const process = sys.listenerOf(Buffer.concat([Buffer.from([1, 0]), path, Buffer.from([0])]));
  return process === 0 ? undefined : process;
}
