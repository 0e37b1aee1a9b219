import { List } from "../list";
import { inArray } from "../json/path";
import { refuse } from "../refusal";
import { Text } from "../text";

// The agent joins options with commas, and overlay splits directories at colons and takes backslashes away.

/** Refuses options that the agent would take for several. `path` is where they stand in the request. */
export function checkOptions(options: List<Text>, path: Text): void {
  for (let i = 0; i < options.length; i++) {
    if (options[i].includes(",") || isOddDirectory(options[i])) refuse("bad-option", options[i], inArray(path, i));
  }
}

/** Of such options, refuses those that name an overlay's directories. */
export function checkDirectories(options: List<Text>, path: Text): void {
  for (let i = 0; i < options.length; i++) {
    if (isOddDirectory(options[i])) refuse("bad-option", options[i], inArray(path, i));
  }
}

function isOddDirectory(option: Text): bool {
  const isOverlay = option.startsWith("lowerdir=") || option.startsWith("upperdir=") || option.startsWith("workdir=");
  return isOverlay && (option.includes(",") || option.includes("\\"));
}

/** Refuses a directory that cannot stand in an overlay's options. */
export function checkOverlayDirectory(directory: Text | null, field: string): void {
  if (directory == null) return;
  const isPlain = !directory.includes(",") && !directory.includes(":") && !directory.includes("\\");
  if (!isPlain) refuse("bad-option", directory, Text.of(field));
}

/** Whether a word is among options. */
export function includes(options: List<Text>, word: string): bool {
  for (let i = 0; i < options.length; i++) {
    if (options[i].is(word)) return true;
  }
  return false;
}
