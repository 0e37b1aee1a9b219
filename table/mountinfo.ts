import { withoutEscapes } from "../words/kernel-escapes.ts";
import { attributesOfOptions } from "./attributes.ts";
import { deviceOf, numberOf, propagationOf, rootOf, targetOf } from "./fields.ts";
import { KnownReadings } from "./known-readings.ts";
import type { MountEntry } from "./mount-entry.ts";
import { MountReading, type MountsRead, Refusal } from "./refused.ts";
import { textOfBytes } from "./text-of-bytes.ts";

// Behind the words of propagation.
const SEPARATOR = " - ";

/**
 * The mounts in a text of /proc/<pid>/mountinfo (proc(5)). A line that the kernel cannot have written is refused, and the
 * others are read.
 *
 * @example
 * ```ts
 * import { readMountinfo } from "guestshare/table";
 *
 * const text = "36 35 98:0 /photos /mnt/my\\040photos ro,noatime shared:1 - ext4 /dev/sdb rw\n37 36 oops\n";
 * const { mounts, refused } = readMountinfo(text);
 * console.log(mounts[0]?.target, mounts[0]?.attributes.join()); // /mnt/my photos ro,noatime
 * console.log(refused[0]?.line, refused[0]?.reason); // 2 missing-field
 * ```
 */
export function readMountinfo(text: string | Uint8Array): MountsRead {
  const reading = new MountReading();
  const lines = new Lines(typeof text === "string" ? text : textOfBytes(text));
  for (let count = 1; lines.next(); count += 1) if (!lines.isEmpty) reading.add(count, lines, mountOf);
  return reading.result;
}

const mountOf = (lines: Lines): MountEntry => lines.mount();

/** What the fields behind the separator say. */
type Superblock = Pick<MountEntry, "filesystem" | "source">;

/** Reads lines where they are in a text. Many say the same in some of their fields, which is read once. */
class Lines {
  readonly #text: string;
  readonly #superblocks = new KnownReadings(superblockOf);
  readonly #devices = new KnownReadings(deviceOf);
  readonly #attributes = new KnownReadings(attributesOfOptions);
  readonly #roots = new KnownReadings((field: string) => rootOf(unescaped(field)));
  #start = 0;
  #end = -1;
  /** Where the next field begins. */
  #at = 0;
  // Each is looked for once from a place on: a text may have none for a million lines.
  #space = -1;
  #separator = -1;

  constructor(text: string) {
    this.#text = text;
  }

  /** Goes to the next line; false behind the last one. */
  next(): boolean {
    if (this.#end >= this.#text.length) return false;
    this.#start = this.#end + 1;
    this.#end = this.#found("\n", this.#start);
    this.#at = this.#start;
    return true;
  }

  get isEmpty(): boolean {
    return this.#end === this.#start;
  }

  // 36 35 98:0 /root /target rw,noatime shared:1 master:2 - ext4 /dev/sdb rw,errors=continue
  mount(): MountEntry {
    const text = this.#text;
    const afterId = this.#endOfField();
    const afterParent = this.#endOfField();
    const device = this.#field();
    const root = this.#field();
    const target = this.#field();
    const options = this.#field();
    const separator = this.#findSeparator();
    const superblock =
      separator < this.#end
        ? this.#superblocks.of(text.slice(separator + SEPARATOR.length, this.#end))
        : undefined;
    if (superblock === undefined || options === "")
      throw new Refusal("missing-field", text.slice(this.#start, this.#end));
    const { peerGroup, master, isUnbindable } = propagationOf(text.slice(this.#at, separator));
    // One by one: a literal with a spread takes several times as long.
    return {
      id: numberOf(text, this.#start, afterId),
      parent: numberOf(text, afterId + 1, afterParent),
      device: this.#devices.of(device),
      root: this.#roots.of(root),
      target: targetOf(unescaped(target)),
      filesystem: superblock.filesystem,
      source: superblock.source,
      attributes: this.#attributes.of(options),
      peerGroup,
      master,
      isUnbindable,
    };
  }

  // The next field; empty behind the last one.
  #field(): string {
    const from = this.#at;
    return this.#text.slice(from, this.#endOfField());
  }

  #endOfField(): number {
    if (this.#space < this.#at) this.#space = this.#found(" ", this.#at);
    const end = Math.min(this.#space, this.#end);
    this.#at = end + 1;
    return end;
  }

  #findSeparator(): number {
    const from = this.#at - 1;
    if (this.#separator < from) this.#separator = this.#found(SEPARATOR, from);
    return this.#separator;
  }

  #found(what: string, from: number): number {
    const at = this.#text.indexOf(what, from);
    return at === -1 ? this.#text.length : at;
  }
}

function superblockOf(fields: string): Superblock | undefined {
  const [filesystem = "", source = "", options] = fields.split(" ");
  if (filesystem === "" || options === undefined) return undefined;
  return { filesystem: unescaped(filesystem), source: unescaped(source) };
}

function unescaped(field: string): string {
  const text = withoutEscapes(field);
  if (text === undefined) throw new Refusal("bad-escape", field);
  return text;
}
