import { attributesOfBits } from "./attributes.ts";
import { rootOf, targetOf } from "./fields.ts";
import type { MountEntry } from "./mount-entry.ts";
import { MountReading, type MountsRead, Refusal } from "./refused.ts";
import { textOfBytes } from "./text-of-bytes.ts";

const SB_BASIC = 0x1;
const MNT_BASIC = 0x2;
const MNT_ROOT = 0x8;
const MNT_POINT = 0x10;
const FS_TYPE = 0x20;
const SB_SOURCE = 0x200;
const NEEDED = SB_BASIC | MNT_BASIC | MNT_ROOT | MNT_POINT | FS_TYPE;

/** What statmount(2) is to be asked for. A kernel before 6.14 does not tell the source, and answers all the same. */
export const statmountMask: number = NEEDED | SB_SOURCE;

const STRINGS = 512;
const TARGET = 108;
const MS_UNBINDABLE = 1 << 17;

/**
 * The mounts of which statmount(2) gave these structs, asked with `statmountMask`; those that have no place below the root of
 * the process are left out, as mountinfo leaves them out. Ids are the unique ones.
 *
 * @example
 * ```ts
 * import { readStatmounts } from "guestshare/table";
 *
 * const { refused } = readStatmounts([new Uint8Array(8)]);
 * console.log(refused[0]?.reason); // missing-field
 * ```
 */
export function readStatmounts(structs: Iterable<Uint8Array>): MountsRead {
  const reading = new MountReading();
  let count = 0;
  for (const bytes of structs) {
    count += 1;
    const strings = bytes.length > STRINGS ? new Strings(bytes) : undefined;
    if (!strings?.isEmptyAt(TARGET)) reading.add(count, strings, (strings) => mountOf(bytes, strings));
  }
  return reading.result;
}

// struct statmount: u32 size, mnt_opts, u64 mask @8, u32 sb_dev_major @16, minor @20, …, u32 fs_type @36, u64 mnt_id @40,
// mnt_parent_id @48, …, mnt_attr @64, mnt_propagation @72, mnt_peer_group @80, mnt_master @88, …, u32 mnt_root @104,
// mnt_point @108, …, sb_source @124, …, strings @512
function mountOf(bytes: Uint8Array, strings: Strings | undefined): MountEntry {
  if (!strings) throw new Refusal("missing-field", `${bytes.length} bytes`);
  const view = viewOf(bytes);
  const mask = view.getUint32(8, true);
  if ((mask & NEEDED) !== NEEDED) throw new Refusal("missing-field", `mask ${mask.toString(16)}`);
  return {
    id: idAt(view, 40),
    parent: idAt(view, 48),
    device: `${view.getUint32(16, true)}:${view.getUint32(20, true)}`,
    root: rootOf(strings.at(104)),
    target: targetOf(strings.at(TARGET)),
    filesystem: strings.at(36),
    source: (mask & SB_SOURCE) === 0 ? "" : strings.at(124),
    attributes: attributesOfBits(view.getUint32(64, true)),
    peerGroup: idAt(view, 80),
    master: idAt(view, 88),
    isUnbindable: (view.getUint32(72, true) & MS_UNBINDABLE) !== 0,
  };
}

// The structs of a table are often in the same memory, one after the other.
let last: { readonly bytes: Uint8Array; readonly view: DataView } | undefined;

function viewOf(bytes: Uint8Array): DataView {
  if (last?.bytes !== bytes)
    last = { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
  return last.view;
}

// Ids stay below 2^53.
function idAt(view: DataView, offset: number): number {
  return view.getUint32(offset, true) + view.getUint32(offset + 4, true) * 2 ** 32;
}

/** The strings of a struct. Nearly all are ASCII, and read as one text. */
class Strings {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  /** All of them, if each byte is a character. */
  readonly #text: string | undefined;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
    const size = Math.min(Math.max(this.#view.getUint32(0, true), STRINGS), bytes.length);
    const text = textOfBytes(bytes.subarray(STRINGS, size));
    this.#text = text.length === size - STRINGS ? text : undefined;
  }

  /** Whether the string at such a place is there, and empty. */
  isEmptyAt(place: number): boolean {
    return this.#bytes[STRINGS + this.#view.getUint32(place, true)] === 0;
  }

  /** The string whose offset among the strings is at a place of the struct. */
  at(place: number): string {
    const offset = this.#view.getUint32(place, true);
    if (this.#text !== undefined) {
      const end = this.#text.indexOf("\0", offset);
      if (end !== -1) return this.#text.slice(offset, end);
    }
    const from = STRINGS + offset;
    const end = this.#bytes.indexOf(0, from);
    if (end === -1) throw new Refusal("missing-field", `a string at ${offset}`);
    return textOfBytes(this.#bytes.subarray(from, end));
  }
}
