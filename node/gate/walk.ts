import type { UnknownPlace } from "./host-place.ts";
import { MOST_NAMES_OF_A_PATH, WalkBudget } from "./walk-budget.ts";

/** What is at a path: the text of a link; undefined for anything else, and for nothing. */
export type ReadLink = (
  path: string,
) => Promise<string | undefined | UnknownPlace> | string | undefined | UnknownPlace;

// As the kernel has it (path_resolution(7)).
const MOST_LINKS = 40;

/** Where a path leads: the path without links, "." and "..". What is missing is no link. */
export async function walkTo(
  path: string,
  readLink: ReadLink,
  budget: WalkBudget = new WalkBudget(),
): Promise<string | UnknownPlace> {
  const ahead = path.split("/").reverse();
  let at = "";
  let links = 0;
  for (let names = 0; ; names += 1) {
    const name = ahead.pop();
    if (name === undefined) return at === "" ? "/" : at;
    if (names >= MOST_NAMES_OF_A_PATH) return { unknown: "it has too many names" };
    if (name === "" || name === ".") continue;
    const spent = budget.spend();
    if (spent) return spent;
    if (name === "..") {
      at = at.slice(0, Math.max(0, at.lastIndexOf("/")));
      continue;
    }
    const next = `${at}/${name}`;
    const found = readLink(next);
    const link = found instanceof Promise ? await found : found;
    if (link === undefined) at = next;
    else if (typeof link !== "string") return link;
    else {
      links += 1;
      if (links > MOST_LINKS) return { unknown: "it has too many links" };
      if (link.startsWith("/")) at = "";
      ahead.push(...link.split("/").reverse());
    }
  }
}
