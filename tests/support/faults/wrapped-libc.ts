import { kill, pid } from "node:process";
import type { CallName, Libc } from "../../../ffi/mod.ts";

/** A libc whose calls are counted. */
export interface Counting extends Libc {
  /** The calls that were made, in order. */
  readonly log: readonly CallName[];
}

/** The real calls, with a log of them. */
export function counting(libc: Libc): Counting {
  const log: CallName[] = [];
  return {
    ...around(libc, (name, call) => {
      log.push(name);
      return call();
    }),
    log,
  };
}

// How many of these there are depends on the numbers of descriptors: numbers in a row are closed together. None is counted.
const closing: ReadonlySet<CallName> = new Set(["close", "close_range"]);

// Calls that change nothing that outlives the process which makes them.
const looking: ReadonlySet<CallName> = new Set([
  ...(["openat", "openat2", "read", "readlinkat", "getdents64"] as const),
  ...(["statx", "statmount", "listmount", "flock"] as const),
]);
const O_CREAT = 0o100;

/** A libc that knows before which of its calls a kill leaves something of its own. */
export interface Killable extends Counting {
  /**
   * The places of these calls, counted from 1, with their names. Behind a call that only looks there is none: a process that
   * is killed there leaves what it leaves one call sooner.
   */
  readonly places: readonly { readonly at: number; readonly name: CallName }[];
}

/** The real calls, and where to kill a process that makes them. */
export function killable(libc: Libc): Killable {
  const log: CallName[] = [];
  const places: { at: number; name: CallName }[] = [];
  let hasChanged = true;
  const wrapped = around(libc, (name, call, args) => {
    if (closing.has(name)) return call();
    log.push(name);
    if (hasChanged) places.push({ at: log.length, name });
    hasChanged = !looking.has(name) || (name === "openat" && ((args[3] as number) & O_CREAT) !== 0);
    return call();
  });
  return { ...wrapped, log, places };
}

/** Those calls of a log that `faulty` counts. */
export function failing(log: readonly CallName[]): CallName[] {
  return log.filter((name) => !closing.has(name));
}

/** A libc of which one call fails. */
export interface Faulty extends Libc {
  /** The call that failed; undefined until it came to it. */
  readonly failed: () => CallName | undefined;
}

/** The real calls, but the one at `at` (from 1) fails instead of being made. Closing always works, and is not counted. */
export function faulty(libc: Libc, { at, errno }: { at: number; errno: number }): Faulty {
  let count = 0;
  let failed: CallName | undefined;
  const wrapped = around(libc, (name, call) => {
    if (closing.has(name)) return call();
    count += 1;
    if (count !== at) return call();
    failed = name;
    return -errno;
  });
  return { ...wrapped, failed: () => failed };
}

/** The real calls, but this process is killed before the one at `at` (from 1), closing not counted. */
export function killing(libc: Libc, { at }: { at: number }): Libc {
  let count = 0;
  return around(libc, (name, call) => {
    if (!closing.has(name)) count += 1;
    if (count === at) kill(pid, "SIGKILL");
    return call();
  });
}

/** The real calls, but some are unknown to this kernel, or forbidden by a filter: `lacking(libc, { statmount: ENOSYS })`. */
export function lacking(libc: Libc, errnos: Partial<Record<CallName, number>>): Libc {
  return around(libc, (name, call) => {
    const errno = errnos[name];
    return errno === undefined ? call() : -errno;
  });
}

const STATX_MNT_ID_UNIQUE = 0x4000;

/** The real calls, but statx gives the reused mount ids that kernels before 6.8 have. */
export function withoutUniqueIds(libc: Libc): Libc {
  return around(libc, (name, call, args) => {
    if (name !== "statx") return call();
    const [, fd, path, flags, mask, bytes] = args;
    return libc.call(name, fd, path, flags, (mask as number) & ~STATX_MNT_ID_UNIQUE, bytes);
  });
}

// struct statmount: u32 fs_type @36, an offset among the strings, which begin @512
const FS_TYPE = 36;
const STRINGS = 512;

/** The real calls, but what is mounted of one filesystem is said to be another one's. */
export function withFilesystem(libc: Libc, { real, seen }: { real: string; seen: string }): Libc {
  return around(libc, (name, call, args) => {
    const result = call();
    if (name !== "statmount" || result < 0) return result;
    const bytes = args[2] as Uint8Array;
    const struct = new DataView(bytes.buffer, bytes.byteOffset);
    if (textOf(bytes.subarray(STRINGS + struct.getUint32(FS_TYPE, true))) !== real) return result;
    const at = bytes.length - seen.length - 1;
    new TextEncoder().encodeInto(`${seen}\0`, bytes.subarray(at));
    struct.setUint32(FS_TYPE, at - STRINGS, true);
    return result;
  });
}

/** The real calls, on a file system that keeps whole seconds. */
export function withWholeSeconds(libc: Libc): Libc {
  return around(libc, (name, call, args) => {
    const result = call();
    // tv_nsec of ctime @104, of mtime @120
    if (name === "statx") for (const at of [104, 120]) (args[5] as Uint8Array).fill(0, at, at + 4);
    return result;
  });
}

/** The real calls, on a file system that says of one file, by its inode, that it is empty. */
export function withoutSize(libc: Libc, inode: number): Libc {
  return around(libc, (name, call, args) => {
    const result = call();
    if (name !== "statx" || result < 0) return result;
    const { buffer, byteOffset } = args[5] as Uint8Array;
    const struct = new DataView(buffer, byteOffset);
    // stx_ino @32, stx_size @40
    if (Number(struct.getBigUint64(32, true)) === inode) struct.setBigUint64(40, 0n, true);
    return result;
  });
}

/** The real calls, with something else that happens just before the `at`th (from 1) of one name, or of all. */
export function interrupted(
  libc: Libc,
  { before, at = 1 }: { before?: CallName; at?: number },
  happen: () => void,
): Libc {
  let count = 0;
  return around(libc, (name, call) => {
    if ((before === undefined || name === before) && ++count === at) happen();
    return call();
  });
}

/** The real calls, but at the first of one name this process stops for good. */
export function stalling(libc: Libc, { before, stalled }: { before: CallName; stalled: () => void }): Libc {
  return interrupted(libc, { before }, () => {
    stalled();
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
}

// struct open_how: u64 resolve @16
const RESOLVE = 16;
const RESOLVE_CACHED = 0x20;
const EAGAIN = 11;

/** The real calls, but a rename or a mount somewhere comes between each of so many tries to open something by cached names alone. */
export function racing(libc: Libc, { tries }: { tries: number }): Libc {
  let count = 0;
  return around(libc, (name, call, args) => {
    if (name !== "openat2" || (((args[3] as Uint8Array)[RESOLVE] ?? 0) & RESOLVE_CACHED) === 0) return call();
    return ++count <= tries ? -EAGAIN : call();
  });
}

type Call = Parameters<Libc["call"]>;

function around(libc: Libc, make: (name: CallName, call: () => number, args: Call) => number): Libc {
  return { name: libc.name, call: (...args) => make(args[0], () => libc.call(...args), args) };
}

const EACCES = 13;

/** The real calls, but some paths may not be opened. */
export function denying(libc: Libc, isDenied: (path: string) => boolean): Libc {
  return around(libc, (name, call, args) =>
    (name === "openat" || name === "openat2") && isDenied(textOf(args[2])) ? -EACCES : call(),
  );
}

const ENOENT = 2;

/** The real calls, but /proc does not have the links of a process. Some machines hide those of the first one even from root. */
export function withoutLinksOf(libc: Libc, process: number): Libc {
  return around(libc, (name, call, args) =>
    name === "readlinkat" && textOf(args[2]).startsWith(`/proc/${process}/`) ? -ENOENT : call(),
  );
}

function textOf(bytes: unknown): string {
  return bytes instanceof Uint8Array ? new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0))) : "";
}
