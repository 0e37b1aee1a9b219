import { EINVAL } from "./errno.ts";
import { SyscallError } from "./syscall-error.ts";

const encoder = new TextEncoder();
// Calls are synchronous, and none of ours takes two long strings: one piece of memory serves them all.
const scratch = new Uint8Array(4096 * 3 + 1);

/** No bytes but the NUL at the end. */
export const emptyString: Uint8Array = new Uint8Array(1);

/**
 * A string, or the bytes of one that is not UTF-8, as C has it, until the next call of this function. The one place where
 * strings become C.
 */
export function cString(text: string | Uint8Array): Uint8Array {
  if (typeof text !== "string") return bytesString(text);
  if (text.includes("\0")) throw new SyscallError("path", EINVAL, `${JSON.stringify(text)} has a NUL in it`);
  const room = text.length * 3 + 1;
  const bytes = room <= scratch.length ? scratch : new Uint8Array(room);
  bytes[encoder.encodeInto(text, bytes).written] = 0;
  return bytes;
}

function bytesString(name: Uint8Array): Uint8Array {
  if (name.includes(0)) throw new SyscallError("path", EINVAL, "a name has a NUL in it");
  const bytes = new Uint8Array(name.length + 1);
  bytes.set(name);
  return bytes;
}

// Without ignoreBOM a name that begins with U+FEFF would lose it, and be another one's.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

// struct linux_dirent64: u64 d_ino @0, s64 d_off @8, u16 d_reclen @16, u8 d_type @18, char d_name[] @19
/** The names in what getdents64 gave, but "." and "..". Those that are not UTF-8 are given to `odd` instead. */
export function namesIn(entries: Uint8Array, odd: (name: Uint8Array) => void = () => {}): string[] {
  const names: string[] = [];
  for (let at = 0; at < entries.length; ) {
    const length = (entries[at + 16] as number) | ((entries[at + 17] as number) << 8);
    const from = at + 19;
    const bytes = entries.subarray(from, entries.indexOf(0, from));
    const name = nameAt(bytes);
    if (name === undefined) odd(bytes);
    else if (name !== "." && name !== "..") names.push(name);
    at += length;
  }
  return names;
}

function nameAt(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
