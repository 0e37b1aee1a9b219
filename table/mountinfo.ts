import { withoutEscapes } from "../words/kernel-escapes.ts";
import { attributesOfOptions } from "./attributes.ts";
import { deviceOf, numberOf, propagationOf, rootOf, targetOf } from "./fields.ts";
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
  const lines = new Lines();
  const mountOf = (line: string) => lines.mountOf(line);
  let count = 0;
  for (const line of (typeof text === "string" ? text : textOfBytes(text)).split("\n")) {
    count += 1;
    if (line !== "") reading.add(count, line, mountOf);
  }
  return reading.result;
}

/** What the fields behind the separator say. */
type Superblock = Pick<MountEntry, "filesystem" | "source">;

/** Reads lines. Many say the same in some of their fields, which is read once. */
class Lines {
  readonly #superblocks = new Readings(superblockOf);
  readonly #devices = new Readings(deviceOf);
  readonly #attributes = new Readings(attributesOfOptions);
  #line = "";
  #at = 0;

  // 36 35 98:0 /root /target rw,noatime shared:1 master:2 - ext4 /dev/sdb rw,errors=continue
  mountOf(line: string): MountEntry {
    this.#line = line;
    this.#at = 0;
    const afterId = this.#end();
    const afterParent = this.#end();
    const [device, root] = [this.#next(), this.#next()];
    const [target, options] = [this.#next(), this.#next()];
    const separator = line.indexOf(SEPARATOR, this.#at - 1);
    const superblock =
      separator === -1 ? undefined : this.#superblocks.of(line.slice(separator + SEPARATOR.length));
    if (superblock === undefined || options === "") throw new Refusal("missing-field", line);
    const { peerGroup, master, isUnbindable } = propagationOf(line.slice(this.#at, separator));
    // One by one: a literal with a spread takes several times as long.
    return {
      id: numberOf(line, 0, afterId),
      parent: numberOf(line, afterId + 1, afterParent),
      device: this.#devices.of(device),
      root: rootOf(unescaped(root)),
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
  #next(): string {
    const from = this.#at;
    return this.#line.slice(from, this.#end());
  }

  // Where it ends.
  #end(): number {
    const space = this.#line.indexOf(" ", this.#at);
    const end = space === -1 ? this.#line.length : space;
    this.#at = end + 1;
    return end;
  }
}

/** What texts say, each of which is read once. */
class Readings<Value> {
  readonly #read: (text: string) => Value;
  readonly #known = new Map<string, Value>();
  /** Mostly a line says the same as the one before. */
  #last: { readonly text: string; readonly value: Value } | undefined;

  constructor(read: (text: string) => Value) {
    this.#read = read;
  }

  of(text: string): Value {
    if (this.#last?.text === text) return this.#last.value;
    const known = this.#known.get(text);
    const value = known === undefined ? this.#read(text) : known;
    this.#known.set(text, value);
    this.#last = { text, value };
    return value;
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
