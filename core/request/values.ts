import { JsonReader } from "../json/read";
import { List } from "../list";
import { clean, isAbsolute, isName, PATH_MAX } from "../path";
import { refused } from "../refusal";
import { Text } from "../text";

/** Reads an absolute path. It is not cleaned: only the kernel knows where it leads. */
export function readPath(json: JsonReader): Text {
  const path = json.text();
  if (!isAbsolute(path)) json.refuse("not-absolute", path);
  if (path.length > PATH_MAX) json.refuse("too-long", path);
  return path;
}

/** Reads and cleans the absolute path of a directory in which steps create files. It must not have a "..". */
export function readDirectory(json: JsonReader): Text {
  const path = readPath(json);
  if (refused()) return Text.empty;
  const cleaned = clean(path);
  if (cleaned == null) json.refuse("has-dot-dot", path);
  return cleaned != null ? cleaned : path;
}

/** Reads one of some words. The result is its index. */
export function readWord(json: JsonReader, words: StaticArray<string>): i32 {
  const word = json.text();
  const index = word.indexIn(words);
  if (index >= 0) return index;
  json.refuse("unknown-word", word);
  return 0;
}

/** Reads an array of strings. */
export function readTexts(json: JsonReader): List<Text> {
  const texts: List<Text> = new List<Text>();
  json.array();
  while (json.item()) texts.push(json.text());
  return texts;
}

/** Reads a whole number from 0 to `limit`. */
export function readUpTo(json: JsonReader, limit: i64): i64 {
  const value = json.integer();
  if (value > limit) json.refuse("out-of-range", Text.ofNumber(value));
  return value;
}

/** Reads the name of one file. */
export function readName(json: JsonReader): Text {
  const name = json.text();
  if (!isName(name)) json.refuse("bad-name", name);
  return name;
}

/** Reads an array of names of files. */
export function readNames(json: JsonReader): List<Text> {
  const names: List<Text> = new List<Text>();
  json.array();
  while (json.item()) names.push(readName(json));
  return names;
}
