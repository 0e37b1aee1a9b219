import { base, lexical, NAME_MAX } from "./path";
import { copyBytes, Text } from "./text";

const DASH: u8 = 0x2d;

/** The bytes of a share's name besides its owner and label: two dashes and 16 random digits. */
export const SHARE_NAME_EXTRA: i32 = 18;

/**
 * The name of a share, `<owner>-<16 hex digits>-<last name of path>` (Kata's ShareFile). The label is truncated between two
 * characters if the name would be longer than NAME_MAX; the digits keep it unique.
 */
export function shareName(owner: Text, random: Text, path: Text): Text {
  const label = base(path);
  const maxLabel = NAME_MAX - SHARE_NAME_EXTRA - owner.length;
  // The last name of "/" is a slash, which Kata drops when it joins the name to a directory.
  const shown = label.is("/") ? label.slice(0, 0) : label.truncate(maxLabel);
  const name = Text.allocate(owner.length + SHARE_NAME_EXTRA + shown.length);
  const digits = name.start + owner.length + 1;
  copyBytes(name.start, owner.start, owner.length);
  store<u8>(digits - 1, DASH);
  copyBytes(digits, random.start, 16);
  store<u8>(digits + 16, DASH);
  copyBytes(digits + 17, shown.start, shown.length);
  return name;
}

/** The name of a share for all containers of the sandbox, `sandbox-<16 hex digits>-<last name of its source>`. */
export function sandboxShareName(random: Text, source: Text): Text {
  return shareName(Text.of("sandbox"), random, lexical(source));
}

/** Whether `name` is the name of a share of `owner`. */
export function isShareOf(owner: Text, name: Text): bool {
  return hasDigits(name, owner.length) && owner.equals(name.slice(0, owner.length));
}

/** Whether `name` is the name of a share for all containers of the sandbox. */
export function isSandboxShare(name: Text): bool {
  return isShareOf(Text.of("sandbox"), name);
}

/** Whether `name` is the name of a share, whoever owns it. */
export function isShareName(name: Text): bool {
  for (let length = 1; length < name.length; length++) {
    if (hasDigits(name, length)) return true;
  }
  return false;
}

// Whether the random digits of a share's name stand after an owner of this length.
function hasDigits(name: Text, ownerLength: i32): bool {
  const end = ownerLength + SHARE_NAME_EXTRA - 1;
  if (name.length <= end || name.at(ownerLength) != DASH || name.at(end) != DASH) return false;
  return isRandom(name.slice(ownerLength + 1, end));
}

/** Whether a text is 16 lower-case hex digits: 8 random bytes, which make the names of shares unique. */
export function isRandom(text: Text): bool {
  if (text.length != 16) return false;
  for (let i = 0; i < 16; i++) {
    const byte = text.at(i);
    const isDigit = byte >= 48 && byte <= 57;
    if (!isDigit && !(byte >= 97 && byte <= 102)) return false;
  }
  return true;
}
