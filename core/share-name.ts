import { base, lexical, NAME_MAX } from "./path";
import { copyBytes, Text } from "./text";

const DASH: u8 = 0x2d;

/** How many bytes a share's name has besides the container's id and the label: two dashes and the random digits. */
export const SHARE_NAME_EXTRA: i32 = 18;

/**
 * The name of a shared file, `<container>-<16 hex digits>-<last name of its destination>` (Kata's ShareFile). The label
 * is cut, at a character's end, where the kernel has no room for it; the digits keep the name unique.
 */
export function shareName(owner: Text, random: Text, path: Text): Text {
  const label = base(path);
  const room = NAME_MAX - SHARE_NAME_EXTRA - owner.length;
  // Kata joins the name to its directory, which drops the slash that is the root's last name.
  const shown = label.is("/") ? label.slice(0, 0) : label.upTo(room);
  const name = Text.room(owner.length + SHARE_NAME_EXTRA + shown.length);
  const digits = name.start + owner.length + 1;
  copyBytes(name.start, owner.start, owner.length);
  store<u8>(digits - 1, DASH);
  copyBytes(digits, random.start, 16);
  store<u8>(digits + 16, DASH);
  copyBytes(digits + 17, shown.start, shown.length);
  return name;
}

/** The name of a share that containers of the sandbox have together, `sandbox-<16 hex digits>-<last name of its source>`. */
export function sandboxShareName(random: Text, source: Text): Text {
  return shareName(Text.of("sandbox"), random, lexical(source));
}

/** Whether a name is that of a share of `owner`. */
export function isShareOf(owner: Text, name: Text): bool {
  return hasDigits(name, owner.length) && owner.equals(name.slice(0, owner.length));
}

/** Whether a name is that of a share that containers of the sandbox have together. */
export function isSandboxShare(name: Text): bool {
  return isShareOf(Text.of("sandbox"), name);
}

/** Whether a name is that of somebody's share. */
export function isShareName(name: Text): bool {
  for (let at = 1; at < name.length; at++) {
    if (hasDigits(name, at)) return true;
  }
  return false;
}

// Whether random digits follow the owner that ends there.
function hasDigits(name: Text, at: i32): bool {
  const end = at + SHARE_NAME_EXTRA - 1;
  return name.length > end && name.at(at) == DASH && name.at(end) == DASH && isRandom(name.slice(at + 1, end));
}

/** Whether a text is what keeps share names apart: 8 random bytes as 16 lower-case hex digits. */
export function isRandom(text: Text): bool {
  if (text.length != 16) return false;
  for (let i = 0; i < 16; i++) {
    const byte = text.at(i);
    const isDigit = byte >= 48 && byte <= 57;
    if (!isDigit && !(byte >= 97 && byte <= 102)) return false;
  }
  return true;
}
