import type { Host } from "./host.ts";
import type { Place } from "./place.ts";
import { makePlaceholder, removePlaceholder } from "./placeholder.ts";
import { type Asked, isShared } from "./same-share.ts";
import { failAfter } from "./syscall-error.ts";

/** Attaches a tree to a placeholder; false where what was asked for is there already. Mounts below it are not looked at. */
export function attachShare(host: Host, place: Place, tree: number, asked: Asked): boolean {
  const made = makePlaceholder(host, place, asked.file);
  if (!made && isShared(host, place, asked)) return false;
  try {
    host.sys.attach(tree, place.directory, place.name);
  } catch (error) {
    if (made) failAfter(error, () => removePlaceholder(host, place));
    throw error;
  }
  return true;
}
