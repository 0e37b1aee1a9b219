import { NAME_MAX } from "./path";
import { copyBytes, Text } from "./text";

const PERCENT: u8 = 0x25;
const SLASH: u8 = 0x2f;

/** The owner of the shares that the guest itself has at a place, in no container. */
export const MACHINE: string = "machine";

/**
 * The name of a share that its owner has at a destination, `<owner><destination>` with the destination percent-encoded: the mount
 * table alone says where a share is in the guest. The name of one file has at most NAME_MAX bytes; a longer one is null.
 */
export function placedName(owner: Text, destination: Text): Text | null {
  let length = owner.length;
  for (let i = 0; i < destination.length; i++) length += isPlain(destination.at(i)) ? 1 : 3;
  if (length > NAME_MAX) return null;
  const name = Text.allocate(length);
  copyBytes(name.start, owner.start, owner.length);
  let at = name.start + owner.length;
  for (let i = 0; i < destination.length; i++) {
    const byte = destination.at(i);
    if (isPlain(byte)) {
      store<u8>(at++, byte);
      continue;
    }
    store<u8>(at++, PERCENT);
    store<u8>(at++, digitOf(byte >> 4));
    store<u8>(at++, digitOf(byte & 0xf));
  }
  return name;
}

/** Whether `name` is the name of a share that `owner` has at a place. */
export function isPlacedOf(owner: Text, name: Text): bool {
  return name.length > owner.length && name.slice(0, owner.length).equals(owner) && name.from(owner.length).startsWith("%2F");
}

/** Whether `name` is the name of a share that anybody has at a place: no id has a "%" in it. */
export function isPlacedName(name: Text): bool {
  for (let i = 1; i < name.length; i++) {
    if (name.at(i) == PERCENT) return name.from(i).startsWith("%2F");
  }
  return false;
}

// The kernel's mount table escapes blanks, backslashes and "#"; control characters would change a terminal or end a line.
function isPlain(byte: u8): bool {
  if (byte <= 0x20 || byte == 0x7f) return false;
  return byte != PERCENT && byte != SLASH && byte != 0x5c && byte != 0x23;
}

function digitOf(value: u8): u8 {
  return value < 10 ? 48 + value : 55 + value;
}
