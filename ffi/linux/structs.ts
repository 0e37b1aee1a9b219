import * as c from "./constants.ts";

/** struct open_how: u64 flags, mode, resolve. */
export function openHow(flags: number, resolve: number): Uint8Array {
  return new Uint8Array(new Uint32Array([flags, 0, 0, 0, resolve, 0]).buffer);
}

/** struct flock: i16 l_type, l_whence, i64 l_start @8, l_len @16, i32 l_pid @24. It is of one byte, which need not be there. */
export function writeLockAt(offset: number): Uint8Array {
  const bytes = new Uint8Array(32);
  const view = new DataView(bytes.buffer);
  view.setInt16(0, c.F_WRLCK, true);
  view.setBigInt64(8, BigInt(offset), true);
  view.setBigInt64(16, 1n, true);
  return bytes;
}

/** What a mount is to be: bits of MOUNT_ATTR_*, and one of MS_PRIVATE, MS_SHARED and so on. */
export interface MountSettings {
  readonly attributes?: number;
  /** Bits that go before those come. */
  readonly cleared?: number;
  readonly propagation?: number;
  /** A descriptor: of MOUNT_ATTR_IDMAP. */
  readonly userNamespace?: number;
}

/** struct mount_attr: u64 attr_set, u64 attr_clr, u64 propagation, u64 userns_fd. Few differ, so they are kept. */
export function mountAttributes(settings: MountSettings): Uint8Array {
  const { attributes = 0, cleared = 0, propagation = 0, userNamespace } = settings;
  if (userNamespace !== undefined) return structOf(attributes, cleared, propagation, userNamespace);
  const key = propagation | attributes | (cleared << 8); // no bit is in two of them, and it is a small integer
  const known = attributeStructs.get(key);
  if (known) return known;
  const bytes = structOf(attributes, cleared, propagation, 0);
  attributeStructs.set(key, bytes);
  return bytes;
}

function structOf(
  attributes: number,
  cleared: number,
  propagation: number,
  userNamespace: number,
): Uint8Array {
  const words = new Uint32Array([attributes, 0, cleared, 0, propagation, 0, userNamespace, 0]);
  return new Uint8Array(words.buffer);
}

const attributeStructs = new Map<number, Uint8Array>();

/** struct statx, which the kernel fills, until the next call of `statx`. */
export const statxBytes: Uint8Array = new Uint8Array(256);
const view = new DataView(statxBytes.buffer);

/** What statx said of a file: u32 mask @0, blksize @4, u64 attributes @8, u16 mode @28, u64 ino @32, size @40, u32 dev @136, @140, u64 mnt_id @144. */
export class Statx {
  /** What we ask for; a kernel before 6.8 gives the mount's reused id instead of its unique one. */
  static readonly mask: number = c.STATX_BASIC_STATS | c.STATX_MNT_ID | c.STATX_MNT_ID_UNIQUE;
  private readonly fullMode: number = view.getUint16(28, true);
  /** S_IFDIR and so on. */
  readonly type: number = this.fullMode & c.S_IFMT;
  /** How much is best read at once; of huge pages, the size of one. */
  readonly blockSize: number = view.getUint32(4, true);
  /** The group that owns it. */
  readonly gid: number = view.getUint32(24, true);
  /** The id of the mount that the file is on. */
  readonly mountId: number = getUint64(144);
  /** Whether no other mount ever had or will have this id. */
  readonly hasUniqueMountId: boolean = (view.getUint32(0, true) & c.STATX_MNT_ID_UNIQUE) !== 0;
  /** Whether something is mounted right here. */
  readonly isMountRoot: boolean = (view.getUint32(8, true) & c.STATX_ATTR_MOUNT_ROOT) !== 0;
  readonly size: number = getUint64(40);
  protected readonly inodeLow: number = view.getUint32(32, true);
  protected readonly inodeHigh: number = view.getUint32(36, true);
  protected readonly deviceMajor: number = view.getUint32(136, true);
  protected readonly deviceMinor: number = view.getUint32(140, true);

  /** Its permissions, with the sticky bit and its like. */
  get mode(): number {
    return this.fullMode & ~c.S_IFMT;
  }

  /** What no other file has at the same time: device and inode. */
  get identity(): string {
    const { inodeHigh, inodeLow } = this;
    const inode = inodeHigh === 0 ? inodeLow : (BigInt(inodeHigh) << 32n) | BigInt(inodeLow);
    return `${this.deviceMajor}:${this.deviceMinor}:${inode}`;
  }

  /** Whether the other is the same file. */
  isSameFile(other: Statx): boolean {
    const isSameInode = this.inodeLow === other.inodeLow && this.inodeHigh === other.inodeHigh;
    return isSameInode && this.isSameDevice(other);
  }

  /** Whether the other is on the same filesystem. */
  isSameDevice(other: Statx): boolean {
    return this.deviceMajor === other.deviceMajor && this.deviceMinor === other.deviceMinor;
  }
}

/** What statx said of a file that is to be copied: also u32 nlink @16, uid @20, u64 blocks @48, s64 ctime @96, u32 its ns @104, mtime @112, @120. */
export class FileStatx extends Statx {
  readonly linkCount: number = view.getUint32(16, true);
  /** The user that owns it. */
  readonly uid: number = view.getUint32(20, true);
  /** How much of it is on the disk. */
  readonly diskBytes: number = getUint64(48) * 512;
  private readonly changedSeconds: number = getUint64(96);
  private readonly changedNanoseconds: number = view.getUint32(104, true);
  private readonly writtenSeconds: number = getUint64(112);
  private readonly writtenNanoseconds: number = view.getUint32(120, true);

  /** When it was changed last: seconds, and nanoseconds of the next one. */
  get changed(): readonly [number, number] {
    return [this.changedSeconds, this.changedNanoseconds];
  }

  /** When it was written last, in the same way. */
  get written(): readonly [number, number] {
    return [this.writtenSeconds, this.writtenNanoseconds];
  }

  /** Whether it is as it was: the same file, of the same size, and nothing in it changed. */
  isUnchanged(other: FileStatx): boolean {
    const isSameSecond = this.changedSeconds === other.changedSeconds;
    const isSameTime = isSameSecond && this.changedNanoseconds === other.changedNanoseconds;
    return isSameTime && this.size === other.size && this.isSameFile(other);
  }

  /** The same of what statx said last, without an object for it: copying asks twice for each file. */
  isNow(): boolean {
    const isSameInode =
      view.getUint32(32, true) === this.inodeLow && view.getUint32(36, true) === this.inodeHigh;
    const isSameDevice =
      view.getUint32(136, true) === this.deviceMajor && view.getUint32(140, true) === this.deviceMinor;
    const isSameTime =
      getUint64(96) === this.changedSeconds && view.getUint32(104, true) === this.changedNanoseconds;
    return isSameInode && isSameDevice && isSameTime && getUint64(40) === this.size;
  }
}

// Ids and sizes stay below 2^53.
function getUint64(offset: number): number {
  return view.getUint32(offset, true) + view.getUint32(offset + 4, true) * 2 ** 32;
}
