import { isCleanPath } from "./path.ts";
import { Refusal } from "./refused.ts";

// What the fields of a mount are, in each text that has them. Nothing in a text is believed: it may be a user's.

/** How a mount propagates. */
export interface Propagation {
  readonly peerGroup: number;
  readonly master: number;
  readonly isUnbindable: boolean;
}

/** A whole number that the kernel can have given: no sign, no blank, and exact. It is all of a text, or a part of it. */
export function numberOf(text: string, from: number = 0, end: number = text.length): number {
  const number = digitsOf(text, from, end);
  if (number === undefined) throw new Refusal("bad-number", text.slice(from, end));
  return number;
}

// Undefined where there is anything but digits, or too many. A long text has three numbers in each line, and a regular expression
// takes several times as long.
function digitsOf(text: string, from: number, end: number): number | undefined {
  if (end <= from || end - from > MOST_DIGITS) return undefined;
  let number = 0;
  for (let at = from; at < end; at += 1) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) return undefined;
    number = number * 10 + digit;
  }
  return number;
}

const MOST_DIGITS = 15;
const ZERO = 0x30;

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

const alone: Propagation = { peerGroup: 0, master: 0, isUnbindable: false };

/** The words of propagation with a blank between two: "shared:1", "master:2", "propagate_from:3" and "unbindable". */
export function propagationOf(text: string): Propagation {
  if (text === "") return alone;
  if (!text.includes(" ")) return withWord(alone, text);
  return text.split(" ").reduce(withWord, alone);
}

function withWord({ peerGroup, master, isUnbindable }: Propagation, word: string): Propagation {
  if (word.startsWith("shared:")) return { peerGroup: groupOf(word, "shared:".length), master, isUnbindable };
  if (word.startsWith("master:")) return { peerGroup, master: groupOf(word, "master:".length), isUnbindable };
  if (!/^(?!(?:shared|master)$)[a-z_]+(?::[^:]*)?$/.test(word)) throw new Refusal("bad-propagation", word);
  return { peerGroup, master, isUnbindable: isUnbindable || /^unbindable(?::|$)/.test(word) };
}

function groupOf(word: string, from: number): number {
  const group = word[from] === "0" ? undefined : digitsOf(word, from, word.length);
  if (group === undefined) throw new Refusal("bad-propagation", word);
  return group;
}
