import { inArray } from "../json/path";
import { List } from "../list";
import { refuse } from "../refusal";
import { Text } from "../text";

// The agent joins options with commas. overlay splits its directories at colons, and removes backslashes.

/** Refuses options that the agent or overlay would split. `path` is the JSON path of the array of options. */
export function checkAgentOptions(options: List<Text>, path: Text): void {
  for (let i = 0; i < options.length; i++) {
    if (options[i].includes(",") || isSplitDirectory(options[i])) refuse("bad-option", options[i], inArray(path, i));
  }
}

/** Refuses only options that name directories of an overlay which would be split. `path` is as in `checkAgentOptions`. */
export function checkOverlayOptions(options: List<Text>, path: Text): void {
  for (let i = 0; i < options.length; i++) {
    if (isSplitDirectory(options[i])) refuse("bad-option", options[i], inArray(path, i));
  }
}

function isSplitDirectory(option: Text): bool {
  const isOverlay = option.startsWith("lowerdir=") || option.startsWith("upperdir=") || option.startsWith("workdir=");
  return isOverlay && (option.includes(",") || option.includes("\\"));
}

/** Refuses a directory whose path an overlay's options cannot contain. */
export function checkOverlayDirectory(directory: Text | null, field: string): void {
  if (directory == null) return;
  const isSplit = directory.includes(",") || directory.includes(":") || directory.includes("\\");
  if (isSplit) refuse("bad-option", directory, Text.of(field));
}

/** Whether a list has an option. */
export function hasOption(options: List<Text>, word: string): bool {
  for (let i = 0; i < options.length; i++) {
    if (options[i].is(word)) return true;
  }
  return false;
}
