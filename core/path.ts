import { equalTo, HIGH } from "./json/plain";
import { copyBytes, Text } from "./text";

const SLASH: u8 = 0x2f;
const DOT: u8 = 0x2e;

/** Longest name of one file (NAME_MAX of linux/limits.h), in bytes. */
export const NAME_MAX: i32 = 255;

/** Longest path that a system call takes (PATH_MAX of linux/limits.h, without its NUL), in bytes. */
export const PATH_MAX: i32 = 4095;

/** The path of `name` in `directory`, with one slash between; `directory` itself where `name` is empty. */
export function join(directory: Text, name: Text): Text {
  if (name.length == 0) return withoutSlashes(directory);
  let length = directory.length;
  while (length > 0 && directory.at(length - 1) == SLASH) length -= 1;
  const path = Text.room(length + 1 + name.length);
  copyBytes(path.start, directory.start, length);
  store<u8>(path.start + length, SLASH);
  copyBytes(path.start + length + 1, name.start, name.length);
  return path;
}

/** The path without the slashes at its end; the root stays. */
export function withoutSlashes(path: Text): Text {
  let end = path.length;
  while (end > 1 && path.at(end - 1) == SLASH) end -= 1;
  return path.slice(0, end);
}

/** The last name of a path as Go's filepath.Base gives it: "." for an empty path, "/" for the root. */
export function base(path: Text): Text {
  if (path.length == 0) return Text.of(".");
  const end = withoutSlashes(path);
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
  if (text.length == 0 || text.length > NAME_MAX || isDots(text)) return false;
  for (let i = 0; i < text.length; i++) {
    if (text.at(i) == SLASH) return false;
  }
  return true;
}

/**
 * An absolute path without empty and "." names, or null where it is relative or has a ".." name: after a link, what
 * ".." leads to cannot be told from the text.
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

/** A path from the root without empty, "." and ".." names, by its text alone (Go's filepath.Clean of "/" and the path). */
export function lexical(path: Text): Text {
  if (isClean(path)) return path;
  const cleaned = Text.room(path.length + 1);
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

// Whether a path surely is clean: it may say no to one with a name that begins with a dot. Eight bytes at a time.
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

/** Whether a path is `top`, or lies below it by its text. */
export function isAtOrBelow(path: Text, top: Text): bool {
  if (path.length < top.length || !path.slice(0, top.length).equals(top)) return false;
  return path.length == top.length || top.length == 1 || path.at(top.length) == SLASH;
}

/** The path of something below `directory`, counted from there; null where it is not below it by its text. */
export function below(directory: Text, path: Text): Text | null {
  const length = directory.length;
  if (path.length <= length + 1 || !path.slice(0, length).equals(directory)) return null;
  return path.at(length) == SLASH ? path.from(length + 1) : null;
}

function isDots(text: Text): bool {
  return (text.length == 1 && text.at(0) == DOT) || text.is("..");
}
