import {
  type MountEntry,
  type MountTable,
  readMountinfo,
  readStatmounts,
  statmountMask,
} from "../../table/mod.ts";
import { ENOENT, EOVERFLOW } from "../linux/errno.ts";
import type { Work } from "../linux/paced.ts";
import { SyscallError } from "../linux/syscall-error.ts";
import type { Syscalls } from "../linux/syscalls.ts";

// struct mnt_id_req: u32 size, u32 spare, u64 mnt_id, u64 param
const REQUEST_SIZE = 24;
const LSMT_ROOT = -1n;
const PAGE = 1024;

/**
 * The mount table of this process's namespace: by listmount and statmount (Linux 6.8), which are faster than the text by far, or
 * from /proc/self/mountinfo where the kernel or a filter does not have them.
 */
export function* readTable(sys: Syscalls): Work<MountTable> {
  const mounts: MountEntry[] = [];
  const page = new BigUint64Array(PAGE);
  for (let last = 0n; ; last = page[PAGE - 1] as bigint) {
    const count = sys.listmount(requestOf(LSMT_ROOT, last), page);
    if (count < 0) return readMountinfo(yield* sys.readLongFile("/proc/self/mountinfo")).mounts;
    for (const mount of readStatmounts(structsOf(sys, page.subarray(0, count))).mounts) mounts.push(mount);
    if (count < PAGE) return mounts;
    const pause = sys.pause();
    if (pause) yield pause;
  }
}

/** The mount with a unique id; undefined where it is gone, or has no place below the root of this process. */
export function readMount(sys: Syscalls, id: number): MountEntry | undefined {
  return readStatmounts(structsOf(sys, [BigInt(id)])).mounts[0];
}

// One after the other in the same memory: each is read before the next one is asked for.
function* structsOf(sys: Syscalls, ids: Iterable<bigint>): Generator<Uint8Array> {
  let buffer: Uint8Array = new Uint8Array(4096);
  for (const id of ids) {
    let result = sys.statmount(requestOf(id, BigInt(statmountMask)), buffer);
    while (result === -EOVERFLOW) {
      buffer = new Uint8Array(buffer.length * 4);
      result = sys.statmount(requestOf(id, BigInt(statmountMask)), buffer);
    }
    if (result >= 0) yield buffer;
    // It was unmounted meanwhile.
    else if (result !== -ENOENT) throw new SyscallError("statmount", -result);
  }
}

const request = new Uint8Array(REQUEST_SIZE);
const fields = new DataView(request.buffer);

function requestOf(id: bigint, param: bigint): Uint8Array {
  fields.setUint32(0, REQUEST_SIZE, true);
  fields.setBigInt64(8, BigInt.asIntN(64, id), true);
  fields.setBigUint64(16, param, true);
  return request;
}
