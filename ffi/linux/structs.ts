import * as c from "./constants.ts";
import { EINVAL } from "./errno.ts";
import { SyscallError } from "./syscall-error.ts";

const encoder = new TextEncoder();
// Calls are synchronous, and none of ours takes two long strings: one piece of memory serves them all.
const scratch = new Uint8Array(4096 * 3 + 1);

/** No bytes but the NUL at the end. */
export const emptyString: Uint8Array = new Uint8Array(1);

/** A string as C has it, until the next call of this function. The one place where strings become C. */
export function cString(text: string): Uint8Array {
  if (text.includes("\0")) throw new SyscallError("path", EINVAL, `${JSON.stringify(text)} has a NUL in it`);
  const room = text.length * 3 + 1;
  const bytes = room <= scratch.length ? scratch : new Uint8Array(room);
  bytes[encoder.encodeInto(text, bytes).written] = 0;
  return bytes;
}

/** struct mount_attr: u64 attr_set, u64 attr_clr, u64 propagation, u64 userns_fd. Few differ, so they are kept. */
export function mountAttributes(attributes: number, propagation: number): Uint8Array {
  const key = propagation + attributes; // no bit is in both
  const known = attributeStructs.get(key);
  if (known) return known;
  const words = new Uint32Array(8);
  words[0] = attributes;
  words[4] = propagation;
  const bytes = new Uint8Array(words.buffer);
  attributeStructs.set(key, bytes);
  return bytes;
}

const attributeStructs = new Map<number, Uint8Array>();

/** struct statx, which the kernel fills, until the next call of `statx`. */
export const statxBytes: Uint8Array = new Uint8Array(256);
const view = new DataView(statxBytes.buffer);

/** What statx said of a file: u32 mask @0, u64 attributes @8, u16 mode @28, u64 ino @32, size @40, u32 dev @136, @140, u64 mnt_id @144. */
export class Statx {
  /** What we ask for; a kernel before 6.8 gives the mount's reused id instead of its unique one. */
  static readonly mask: number = c.STATX_BASIC_STATS | c.STATX_MNT_ID | c.STATX_MNT_ID_UNIQUE;
  /** S_IFDIR and so on. */
  readonly type: number = view.getUint16(28, true) & c.S_IFMT;
  /** The id of the mount that the file is on. */
  readonly mountId: number = getUint64(144);
  /** Whether no other mount ever had or will have this id. */
  readonly hasUniqueMountId: boolean = (view.getUint32(0, true) & c.STATX_MNT_ID_UNIQUE) !== 0;
  /** Whether something is mounted right here. */
  readonly isMountRoot: boolean = (view.getUint32(8, true) & c.STATX_ATTR_MOUNT_ROOT) !== 0;
  readonly isEmpty: boolean = getUint64(40) === 0;
  private readonly inodeLow: number = view.getUint32(32, true);
  private readonly inodeHigh: number = view.getUint32(36, true);
  private readonly deviceMajor: number = view.getUint32(136, true);
  private readonly deviceMinor: number = view.getUint32(140, true);

  /** Whether the other is the same file. */
  isSameFile(other: Statx): boolean {
    const isSameInode = this.inodeLow === other.inodeLow && this.inodeHigh === other.inodeHigh;
    return isSameInode && this.deviceMajor === other.deviceMajor && this.deviceMinor === other.deviceMinor;
  }
}

// Ids and sizes stay below 2^53.
function getUint64(offset: number): number {
  return view.getUint32(offset, true) + view.getUint32(offset + 4, true) * 2 ** 32;
}
