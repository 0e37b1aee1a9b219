import { equalTo, HIGH } from "./json/escape-free";
import { copyBytes, Text } from "./text";

const SLASH: u8 = 0x2f;
const DOT: u8 = 0x2e;

/** Longest name of one file (NAME_MAX of linux/limits.h), in bytes. */
export const NAME_MAX: i32 = 255;

/** Longest path that a system call takes (PATH_MAX of linux/limits.h, without its NUL), in bytes. */
export const PATH_MAX: i32 = 4095;

/** The path of `name` in `directory`, with one slash between them; `directory` itself if `name` is empty. */
export function join(directory: Text, name: Text): Text {
  if (name.length == 0) return withoutTrailingSlashes(directory);
  let length = directory.length;
  while (length > 0 && directory.at(length - 1) == SLASH) length -= 1;
  const path = Text.allocate(length + 1 + name.length);
  copyBytes(path.start, directory.start, length);
  store<u8>(path.start + length, SLASH);
  copyBytes(path.start + length + 1, name.start, name.length);
  return path;
}

/** The path without trailing slashes; "/" stays. */
export function withoutTrailingSlashes(path: Text): Text {
  let end = path.length;
  while (end > 1 && path.at(end - 1) == SLASH) end -= 1;
  return path.slice(0, end);
}

/** The last name of a path, as Go's filepath.Base has it: "." for an empty path, "/" for the root. */
export function base(path: Text): Text {
  if (path.length == 0) return Text.of(".");
  const end = withoutTrailingSlashes(path);
  if (end.length == 1 && end.at(0) == SLASH) return end;
  let begin = end.length;
  while (begin > 0 && end.at(begin - 1) != SLASH) begin -= 1;
  return end.from(begin);
}

export function isAbsolute(path: Text): bool {
  return path.length > 0 && path.at(0) == SLASH;
}

/** Whether a text is the name of one file: not empty, not "." or "..", no slash, at most 255 bytes. */
export function isName(text: Text): bool {
  if (text.length == 0 || text.length > NAME_MAX || isDotOrDotDot(text)) return false;
  for (let i = 0; i < text.length; i++) {
    if (text.at(i) == SLASH) return false;
  }
  return true;
}

/**
 * An absolute path without empty and "." names; null if the path is relative or has a ".." name: after a symbolic link, the
 * text does not say where ".." leads.
 */
export function clean(path: Text): Text | null {
  return isAbsolute(path) && !hasDotDot(path) ? lexical(path) : null;
}

function hasDotDot(path: Text): bool {
  let begin = 0;
  for (let i = 0; i <= path.length; i++) {
    if (i < path.length && path.at(i) != SLASH) continue;
    if (path.slice(begin, i).is("..")) return true;
    begin = i + 1;
  }
  return false;
}

/** A path from the root, with its empty, "." and ".." names resolved by the text alone (Go's filepath.Clean("/" + path)). */
export function lexical(path: Text): Text {
  if (isClean(path)) return path;
  const cleaned = Text.allocate(path.length + 1);
  let length = 0;
  let begin = 0;
  for (let i = 0; i <= path.length; i++) {
    if (i < path.length && path.at(i) != SLASH) continue;
    const name = path.slice(begin, i);
    begin = i + 1;
    if (name.length == 0 || name.is(".")) continue;
    if (name.is("..")) {
      while (length > 0 && cleaned.at(--length) != SLASH) continue;
    } else {
      store<u8>(cleaned.start + length, SLASH);
      copyBytes(cleaned.start + length + 1, name.start, name.length);
      length += 1 + name.length;
    }
  }
  return length == 0 ? Text.of("/") : cleaned.slice(0, length);
}

// Whether a path is known to be clean. False also for a clean path with a name that begins with a dot. Reads eight bytes at
// a time.
function isClean(path: Text): bool {
  const length = path.length;
  if (length < 9 || path.at(0) != SLASH || path.at(length - 1) == SLASH) return false;
  const last = path.start + length - 9;
  for (let at = path.start; at < last; at += 8) {
    if (hasDotOrSlashAfterSlash(at)) return false;
  }
  return !hasDotOrSlashAfterSlash(last);
}

@inline
function hasDotOrSlashAfterSlash(at: usize): bool {
  const next = load<u64>(at + 1);
  // "." is 0x2e, and "/" is 0x2f.
  return (equalTo(load<u64>(at), SLASH) & equalTo(next | 0x0101010101010101, SLASH) & HIGH) != 0;
}

/** Whether a path is `top` or, by its text, below it. */
export function isAtOrBelow(path: Text, top: Text): bool {
  if (path.length < top.length || !path.slice(0, top.length).equals(top)) return false;
  return path.length == top.length || top.length == 1 || path.at(top.length) == SLASH;
}

/** A path relative to `directory`; null if it is not, by its text, below it. */
export function relativeTo(directory: Text, path: Text): Text | null {
  const length = directory.length;
  if (path.length <= length + 1 || !path.slice(0, length).equals(directory)) return null;
  return path.at(length) == SLASH ? path.from(length + 1) : null;
}

function isDotOrDotDot(text: Text): bool {
  return (text.length == 1 && text.at(0) == DOT) || text.is("..");
}
