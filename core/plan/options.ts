import { List } from "../list";
import { inArray } from "../json/path";
import { refuse } from "../refusal";
import { READ_ONLY } from "../step";
import { Text } from "../text";

/** What the options of a bind mount say. */
@final @unmanaged
export class BindOptions {
  attributes: u32 = 0;
  recursive: bool = false;
}

/**
 * What option words say about a bind; `path` is where they stand in the request. "ro" wins over "rw", as in Kata; a word
 * that would be ignored is refused.
 */
export function bindOptions(words: List<Text>, path: string): BindOptions {
  const options = new BindOptions();
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if (word.is("ro")) options.attributes |= READ_ONLY;
    else if (word.is("rbind")) options.recursive = true;
    else if (!word.is("bind") && !word.is("rw")) refuse("unsupported-option", word, inArray(Text.of(path), i));
  }
  return options;
}
