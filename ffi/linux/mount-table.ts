import { Buffer } from "node:buffer";
import { MS_PRIVATE, MS_SHARED, MS_SLAVE, MS_UNBINDABLE } from "./constants.ts";
import { ENOENT, EOVERFLOW } from "./errno.ts";
import type { Mount } from "./mount.ts";
import { mountIds, mountsBelow } from "./mount-list.ts";
import { parseMountinfo } from "./mountinfo.ts";
import { paced, type Work } from "./paced.ts";
import type { Statx } from "./structs.ts";
import { SyscallError } from "./syscall-error.ts";
import type { Syscalls } from "./syscalls.ts";

// struct mnt_id_req: u32 size, u32 spare, u64 mnt_id, u64 param (here: what is asked for)
const REQUEST_SIZE = 24;
// The same memory for all requests: ffi-rs looks each new one up.
const request = new Uint8Array(REQUEST_SIZE);
const fields = new DataView(request.buffer);
const ASKED = 0x2 | 0x8 | 0x10 | 0x20; // MNT_BASIC, MNT_ROOT, MNT_POINT, FS_TYPE
const ASKED_IDS = 0x2000 | 0x4000; // MNT_UIDMAP, MNT_GIDMAP
const ASKED_NAMESPACE = 0x40; // MNT_NS_ID
const STRINGS = 512;
// Nearly all answers have room in it, and what is read of them is copied.
const usual = new Uint8Array(4096);

// …, u64 mnt_ns_id @24: another namespace than one's own (Linux 6.11)
const NAMESPACE_REQUEST_SIZE = 32;
const LSMT_ROOT = -1n;

/** The mappings of an idmapped mount, in lines as uid_map and gid_map have them. */
export interface MountIds {
  readonly uids: readonly string[];
  readonly gids: readonly string[];
}

const MOUNTINFO = "/proc/self/mountinfo";
const mountsIn = (bytes: Uint8Array) => parseMountinfo(Buffer.from(bytes).toString("latin1"));

/** Looks up mounts: by statmount (Linux 6.8), which reads one mount; else in /proc/self/mountinfo, which has them all. */
export class MountTable {
  readonly #sys: Syscalls;

  constructor(sys: Syscalls) {
    this.#sys = sys;
  }

  /** The mount that a file is on; undefined where it is none of this namespace. */
  of(file: Statx): Mount | undefined {
    const wanted = file.mountId;
    if (!file.hasUniqueMountId) return this.all().find(({ id }) => id === wanted);
    return this.#statmount(wanted);
  }

  /** All mounts of this namespace. */
  all(): Mount[] {
    return mountsIn(this.#sys.readFile(MOUNTINFO));
  }

  /** The same with pauses: there may be many. */
  *list(): Work<Mount[]> {
    return mountsIn(yield* this.#sys.readLongFile(MOUNTINFO));
  }

  /** The mount with a unique id; undefined where it is none of this namespace, or no more. */
  withId(id: number): Mount | undefined {
    return this.#statmount(id);
  }

  /** The mount that a file is on, and all that hang below it; with pauses. */
  async tree(file: Statx): Promise<Mount[]> {
    if (!file.hasUniqueMountId) {
      const all = await paced(this.list());
      return [...all.filter(({ id }) => id === file.mountId), ...mountsBelow(all, file.mountId)];
    }
    const mounts: Mount[] = [];
    for (const id of [file.mountId, ...mountIds(this.#sys, file.mountId)]) {
      const mount = this.#statmount(id);
      if (mount) mounts.push(mount);
      const pause = this.#sys.pause();
      if (pause) await pause;
    }
    return mounts;
  }

  /** A mount and those that it hangs below, innermost first. */
  *chain(file: Statx): Generator<Mount> {
    const known = file.hasUniqueMountId ? undefined : this.all();
    const find = (id: number) => (known ? known.find((mount) => mount.id === id) : this.#statmount(id));
    let mount = find(file.mountId);
    while (mount) {
      yield mount;
      mount = mount.parent === mount.id ? undefined : find(mount.parent);
    }
  }

  /** The id mappings of the mount that a file is on; undefined where the kernel does not tell (before 6.15). */
  idsOf(file: Statx): MountIds | undefined {
    return file.hasUniqueMountId ? this.#ask(file.mountId, ASKED_IDS, decodeIds) : undefined;
  }

  /** The id of the mount namespace that a file's mount is in; undefined where the kernel does not tell (before 6.11). */
  namespaceIdOf(file: Statx): number | undefined {
    return file.hasUniqueMountId ? this.#ask(file.mountId, ASKED_NAMESPACE, decodeNamespace) : undefined;
  }

  /** How many mounts a mount namespace has, as far as 1; the errno as a negative number. */
  countIn(namespace: number): number {
    const request = new DataView(new ArrayBuffer(NAMESPACE_REQUEST_SIZE));
    request.setUint32(0, NAMESPACE_REQUEST_SIZE, true);
    request.setBigInt64(8, LSMT_ROOT, true);
    request.setBigUint64(24, BigInt(namespace), true);
    return this.#sys.listmount(new Uint8Array(request.buffer), new BigUint64Array(1));
  }

  #statmount(id: number): Mount | undefined {
    return this.#ask(id, ASKED, decode);
  }

  #ask<T>(id: number, asked: number, read: (bytes: Uint8Array) => T): T | undefined {
    for (let buffer = usual; ; buffer = new Uint8Array(buffer.length * 4)) {
      const result = this.#sys.statmount(requestOf(id, asked), buffer);
      if (result >= 0) return read(buffer);
      if (result === -ENOENT) return undefined;
      if (result !== -EOVERFLOW) throw new SyscallError("statmount", -result);
    }
  }
}

function requestOf(id: number, asked: number): Uint8Array {
  fields.setUint32(0, REQUEST_SIZE, true);
  fields.setBigUint64(8, BigInt(id), true);
  fields.setBigUint64(16, BigInt(asked), true);
  return request;
}

// struct statmount: u32 size, …, u32 fs_type @36, u64 mnt_id @40, mnt_parent_id @48, …, mnt_attr @64, mnt_propagation @72,
// mnt_peer_group @80, mnt_master @88, …, u32 mnt_root @104, mnt_point @108, …, strings @512
function decode(bytes: Uint8Array): Mount {
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
  if ((view.getUint32(8, true) & ASKED_IDS) !== ASKED_IDS) return undefined;
  return { uids: lines(152), gids: lines(160) };
}

// …, u64 mask @8, …, u64 mnt_ns_id @112
function decodeNamespace(bytes: Uint8Array): number | undefined {
  const view = new DataView(bytes.buffer);
  if ((view.getUint32(8, true) & ASKED_NAMESPACE) === 0) return undefined;
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
