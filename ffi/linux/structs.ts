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

/** struct mount_attr: u64 attr_set, u64 attr_clr, u64 propagation, u64 userns_fd. */
export function mountAttributes(settings: { attributes?: number; propagation?: number }): Uint8Array {
  const words = new BigUint64Array(4);
  words[0] = BigInt(settings.attributes ?? 0);
  words[2] = BigInt(settings.propagation ?? 0);
  return new Uint8Array(words.buffer);
}

/** struct statx, as the kernel fills it. */
export class Statx {
  /** What we ask for; a kernel before 6.8 gives the mount's reused id instead of its unique one. */
  static readonly mask: number = c.STATX_BASIC_STATS | c.STATX_MNT_ID | c.STATX_MNT_ID_UNIQUE;
  readonly bytes: Uint8Array = new Uint8Array(256);
  readonly #view = new DataView(this.bytes.buffer);

  /** S_IFDIR and so on. */
  get type(): number {
    return this.#view.getUint16(28, true) & c.S_IFMT;
  }

  get inode(): bigint {
    return this.#view.getBigUint64(32, true);
  }

  get size(): bigint {
    return this.#view.getBigUint64(40, true);
  }

  /** The device's major and minor number. */
  get device(): string {
    return `${this.#view.getUint32(136, true)}:${this.#view.getUint32(140, true)}`;
  }

  get mountId(): bigint {
    return this.#view.getBigUint64(144, true);
  }

  /** Whether no other mount ever had or will have this id. */
  get hasUniqueMountId(): boolean {
    return (this.#view.getUint32(0, true) & c.STATX_MNT_ID_UNIQUE) !== 0;
  }

  /** Whether something is mounted right here. */
  get isMountRoot(): boolean {
    return (this.#view.getUint32(8, true) & c.STATX_ATTR_MOUNT_ROOT) !== 0;
  }

  /** Whether the other is the same file. */
  isSameFile(other: Statx): boolean {
    return this.inode === other.inode && this.device === other.device;
  }
}
