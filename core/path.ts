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
  if (!isAbsolute(path)) return null;
  const cleaned = Text.room(path.length);
  let length = 0;
  let begin = 1;
  for (let i = 1; i <= path.length; i++) {
    if (i < path.length && path.at(i) != SLASH) continue;
    const name = path.slice(begin, i);
    begin = i + 1;
    if (name.is("..")) return null;
    if (name.length == 0 || name.is(".")) continue;
    store<u8>(cleaned.start + length, SLASH);
    copyBytes(cleaned.start + length + 1, name.start, name.length);
    length += 1 + name.length;
  }
  return length == 0 ? Text.of("/") : cleaned.slice(0, length);
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
