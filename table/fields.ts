import { isCleanPath } from "./path.ts";
import { Refusal } from "./refused.ts";

// What the fields of a mount are, in each text that has them. Nothing in a text is believed: it may be a user's.

/** How a mount propagates. */
export interface Propagation {
  readonly peerGroup: number;
  readonly master: number;
  readonly isUnbindable: boolean;
}

/** A whole number that the kernel can have given: no sign, no blank, and exact. */
export function numberOf(field: string): number {
  if (!/^[0-9]{1,15}$/.test(field)) throw new Refusal("bad-number", field);
  return Number(field);
}

/** A device, such as "0:36". */
export function deviceOf(field: string): string {
  if (!/^[0-9]{1,10}:[0-9]{1,10}$/.test(field)) throw new Refusal("bad-number", field);
  return field;
}

/** The place where something is mounted. */
export function targetOf(path: string): string {
  if (!isCleanPath(path) || path.includes("\0")) throw new Refusal("bad-path", path);
  return path;
}

/** What of a filesystem is mounted. Some of the kernel's filesystems have no paths: "net:[4026531840]". */
export function rootOf(root: string): string {
  const path = root.endsWith(DELETED) ? root.slice(0, -DELETED.length) || "/" : root;
  const isName = root !== "" && !root.includes("/");
  if (root.includes("\0") || !(isName || isCleanPath(path))) throw new Refusal("bad-path", root);
  return root;
}

/** What the kernel writes behind the path of a directory that was removed. */
export const DELETED = "//deleted";

/** The words of propagation: "shared:1", "master:2", "propagate_from:3" and "unbindable". */
export function propagationOf(words: readonly string[]): Propagation {
  let [peerGroup, master, isUnbindable] = [0, 0, false];
  for (const word of words) {
    const [key, group, ...rest] = word.split(":");
    if (rest.length > 0 || !/^[a-z_]+$/.test(key as string)) throw new Refusal("bad-propagation", word);
    if (key === "shared") peerGroup = groupOf(word, group);
    else if (key === "master") master = groupOf(word, group);
    else if (key === "unbindable") isUnbindable = true;
  }
  return { peerGroup, master, isUnbindable };
}

function groupOf(word: string, group: string | undefined): number {
  if (group === undefined || !/^[1-9][0-9]{0,14}$/.test(group)) throw new Refusal("bad-propagation", word);
  return Number(group);
}
