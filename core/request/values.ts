import { List } from "../list";
import { Json } from "../json/read";
import { clean, isAbsolute, PATH_MAX } from "../path";
import { refused } from "../refusal";
import { Text } from "../text";

/** An absolute path, as it stands: what it leads to is the kernel's to say. */
export function readPath(json: Json): Text {
  const path = json.text();
  if (!isAbsolute(path)) json.refuse("not-absolute", path);
  if (path.length > PATH_MAX) json.refuse("too-long", path);
  return path;
}

/** An absolute path of a directory in which we make things: cleaned, and without "..". */
export function readDirectory(json: Json): Text {
  const path = readPath(json);
  if (refused()) return Text.empty;
  const cleaned = clean(path);
  if (cleaned == null) json.refuse("has-dot-dot", path);
  return cleaned != null ? cleaned : path;
}

/** One of some words, as its place among them. */
export function readWord(json: Json, words: StaticArray<string>): i32 {
  const word = json.text();
  const place = word.placeIn(words);
  if (place >= 0) return place;
  json.refuse("unknown-word", word);
  return 0;
}

export function readTexts(json: Json): List<Text> {
  const texts: List<Text> = new List<Text>();
  json.array();
  while (json.item()) texts.push(json.text());
  return texts;
}

/** A whole number of at most `limit`. */
export function readUpTo(json: Json, limit: i64): i64 {
  const value = json.integer();
  if (value > limit) json.refuse("out-of-range", Text.ofNumber(value));
  return value;
}
