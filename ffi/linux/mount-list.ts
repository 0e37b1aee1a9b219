import type { Mount } from "./mount.ts";
import { SyscallError } from "./syscall-error.ts";
import type { Syscalls } from "./syscalls.ts";

// struct mnt_id_req: u32 size, u32 spare, u64 mnt_id, u64 param (here: the last id of the page before)
const REQUEST_SIZE = 24;
const request = new Uint8Array(REQUEST_SIZE);
const fields = new DataView(request.buffer);
// The same memory for all lists: the call and what is read of it are not interrupted.
const PAGE = 1024;
const page = new BigUint64Array(PAGE);
const halves = new Uint32Array(page.buffer);

/** The unique ids of all mounts below the one with a unique id; by listmount (Linux 6.8). */
export function mountIds(sys: Syscalls, below: number): number[] {
  fields.setUint32(0, REQUEST_SIZE, true);
  fields.setBigUint64(8, BigInt(below), true);
  fields.setBigUint64(16, 0n, true);
  const ids: number[] = [];
  for (;;) {
    const count = sys.listmount(request, page);
    if (count < 0) throw new SyscallError("listmount", -count);
    // Ids stay below 2^53.
    for (let i = 0; i < count; i++)
      ids.push((halves[2 * i] as number) + (halves[2 * i + 1] as number) * 2 ** 32);
    if (count < PAGE) return ids;
    fields.setBigUint64(16, page[PAGE - 1] as bigint, true);
  }
}

// …, u64 mnt_ns_id @24: another namespace than one's own (Linux 6.11)
const NAMESPACE_REQUEST_SIZE = 32;
const LSMT_ROOT = -1n;

/** How many mounts a mount namespace has, at most 1; the errno as a negative number. */
export function countMountsIn(sys: Syscalls, namespace: number): number {
  const request = new DataView(new ArrayBuffer(NAMESPACE_REQUEST_SIZE));
  request.setUint32(0, NAMESPACE_REQUEST_SIZE, true);
  request.setBigInt64(8, LSMT_ROOT, true);
  request.setBigUint64(24, BigInt(namespace), true);
  return sys.listmount(new Uint8Array(request.buffer), new BigUint64Array(1));
}

/** Those of all mounts that hang below the one with an id. */
export function mountsBelow(all: readonly Mount[], id: number): Mount[] {
  const children = new Map<number, Mount[]>();
  for (const mount of all) {
    const siblings = children.get(mount.parent);
    if (siblings) siblings.push(mount);
    else children.set(mount.parent, [mount]);
  }
  const found = [...(children.get(id) ?? [])];
  // The list grows while it is gone through, until nothing hangs below its last mounts.
  for (const mount of found) for (const child of children.get(mount.id) ?? []) found.push(child);
  return found;
}
