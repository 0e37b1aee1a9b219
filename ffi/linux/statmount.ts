import { Buffer } from "node:buffer";
import { MS_PRIVATE, MS_SHARED, MS_SLAVE, MS_UNBINDABLE } from "./constants.ts";
import { ENOENT, EOVERFLOW } from "./errno.ts";
import type { Mount } from "./mount.ts";
import { SyscallError } from "./syscall-error.ts";
import type { Syscalls } from "./syscalls.ts";

// What the kernel's statmount and listmount (Linux 6.8) say of mounts, by their unique ids. statmount gives undefined where the
// mount is none of this namespace, or is gone.

// struct mnt_id_req: u32 size, u32 spare, u64 mnt_id, u64 param (the fields that are wanted, or the
// last id of the page before)
const REQUEST_SIZE = 24;
// The same memory for all requests: ffi-rs looks each new one up.
const request = new Uint8Array(REQUEST_SIZE);
const fields = new DataView(request.buffer);
const MOUNT_FIELDS = 0x2 | 0x8 | 0x10 | 0x20; // MNT_BASIC, MNT_ROOT, MNT_POINT, FS_TYPE
const ID_FIELDS = 0x2000 | 0x4000; // MNT_UIDMAP, MNT_GIDMAP
const NAMESPACE_FIELD = 0x40; // MNT_NS_ID
const STRINGS = 512;
// Nearly all answers have room in it, and what is read of them is copied.
const usual = new Uint8Array(4096);

/** The mappings of an idmapped mount, in lines as uid_map and gid_map have them. */
export interface MountIds {
  readonly uids: readonly string[];
  readonly gids: readonly string[];
}

/** The struct statmount of a mount with the wanted fields. Its memory is the next answer's, too: read it at once. */
export function statmountBytes(sys: Syscalls, id: number, wanted: number): Uint8Array | undefined {
  return ask(sys, id, wanted, (bytes) => bytes);
}

/** A mount. */
export function statmount(sys: Syscalls, id: number): Mount | undefined {
  return ask(sys, id, MOUNT_FIELDS, decodeMount);
}

/** The id mappings of a mount; undefined where the kernel does not know the question (before 6.15). */
export function statmountIds(sys: Syscalls, id: number): MountIds | undefined {
  return ask(sys, id, ID_FIELDS, decodeIds);
}

/** The id of the mount namespace that a mount is in; undefined where the kernel does not know the question (before 6.11). */
export function statmountNamespace(sys: Syscalls, id: number): number | undefined {
  return ask(sys, id, NAMESPACE_FIELD, decodeNamespace);
}

function ask<T>(sys: Syscalls, id: number, wanted: number, decode: (bytes: Uint8Array) => T): T | undefined {
  for (let buffer = usual; ; buffer = new Uint8Array(buffer.length * 4)) {
    const result = sys.statmount(requestOf(id, wanted), buffer);
    if (result >= 0) return decode(buffer);
    if (result === -ENOENT) return undefined;
    if (result !== -EOVERFLOW) throw new SyscallError("statmount", -result);
  }
}

function requestOf(id: number, wanted: number): Uint8Array {
  fields.setUint32(0, REQUEST_SIZE, true);
  setNumber(8, id);
  setNumber(16, wanted);
  return request;
}

// A whole number below 2^53, or -1, as 64 bits. A BigInt would take as long as half of the call.
function setNumber(offset: number, value: number): void {
  fields.setUint32(offset, value >>> 0, true);
  fields.setUint32(offset + 4, Math.floor(value / 2 ** 32) >>> 0, true);
}

// struct statmount: u32 size, …, u32 fs_type @36, u64 mnt_id @40, mnt_parent_id @48, …, mnt_attr @64, mnt_propagation @72,
// mnt_peer_group @80, mnt_master @88, …, u32 mnt_root @104, mnt_point @108, …, strings @512
function decodeMount(bytes: Uint8Array): Mount {
  const view = new DataView(bytes.buffer);
  const string = (offset: number) => stringsAt(bytes, view.getUint32(offset, true), 1)[0] as string;
  return {
    id: Number(view.getBigUint64(40, true)),
    parent: Number(view.getBigUint64(48, true)),
    root: string(104),
    point: string(108),
    propagation: propagationOf(Number(view.getBigUint64(72, true))),
    peerGroup: Number(view.getBigUint64(80, true)),
    master: Number(view.getBigUint64(88, true)),
    attributes: Number(view.getBigUint64(64, true)),
    fstype: string(36),
  };
}

// …, u64 mask @8, …, u32 mnt_uidmap_num @152, mnt_uidmap @156, mnt_gidmap_num @160, mnt_gidmap @164
function decodeIds(bytes: Uint8Array): MountIds | undefined {
  const view = new DataView(bytes.buffer);
  const lines = (offset: number) =>
    stringsAt(bytes, view.getUint32(offset + 4, true), view.getUint32(offset, true));
  if ((view.getUint32(8, true) & ID_FIELDS) !== ID_FIELDS) return undefined;
  return { uids: lines(152), gids: lines(160) };
}

// …, u64 mask @8, …, u64 mnt_ns_id @112
function decodeNamespace(bytes: Uint8Array): number | undefined {
  const view = new DataView(bytes.buffer);
  if ((view.getUint32(8, true) & NAMESPACE_FIELD) === 0) return undefined;
  return Number(view.getBigUint64(112, true));
}

function stringsAt(bytes: Uint8Array, offset: number, count: number): string[] {
  const strings: string[] = [];
  for (let from = STRINGS + offset; strings.length < count; ) {
    const end = bytes.indexOf(0, from);
    strings.push(Buffer.from(bytes.subarray(from, end)).toString("latin1"));
    from = end + 1;
  }
  return strings;
}

function propagationOf(flags: number): number {
  for (const flag of [MS_SHARED, MS_SLAVE, MS_UNBINDABLE]) {
    if ((flags & flag) !== 0) return flag;
  }
  return MS_PRIVATE;
}

// The same memory for all lists: the call and what is read of it are not interrupted.
const PAGE = 1024;
const page = new BigUint64Array(PAGE);
const halves = new Uint32Array(page.buffer);

/** In place of a mount's id: all mounts of the namespace. */
export const LSMT_ROOT = -1;

/** The unique ids of all mounts below the one with a unique id; by listmount (Linux 6.8). */
export function mountIds(sys: Syscalls, below: number): number[] {
  return [...mountIdPages(sys, below)].flat();
}

/** The same in pages, so that the caller may pause between two. */
export function* mountIdPages(sys: Syscalls, below: number): Generator<number[]> {
  for (let last = 0; ; ) {
    const count = sys.listmount(requestOf(below, last), page);
    if (count < 0) throw new SyscallError("listmount", -count);
    const ids: number[] = [];
    // Ids stay below 2^53.
    for (let i = 0; i < count; i++)
      ids.push((halves[2 * i] as number) + (halves[2 * i + 1] as number) * 2 ** 32);
    yield ids;
    if (count < PAGE) return;
    last = ids[PAGE - 1] as number;
  }
}

// …, u64 mnt_ns_id @24: another namespace than one's own (Linux 6.11)
const NAMESPACE_REQUEST_SIZE = 32;

/** How many mounts a mount namespace has, at most 1; the errno as a negative number. */
export function countMountsIn(sys: Syscalls, namespace: number): number {
  const request = new DataView(new ArrayBuffer(NAMESPACE_REQUEST_SIZE));
  request.setUint32(0, NAMESPACE_REQUEST_SIZE, true);
  request.setBigInt64(8, BigInt(LSMT_ROOT), true);
  request.setBigUint64(24, BigInt(namespace), true);
  return sys.listmount(new Uint8Array(request.buffer), new BigUint64Array(1));
}
