import { effect } from "@preact/signals";
import { type HashProblem, hashOf, LONGEST_HASH, stateOf } from "../link/hash.ts";
import type { PageState } from "../link/state.ts";
import { notice, open, state } from "./state.ts";

// An address is written this long after the last key stroke.
const QUIET_MS = 300;

const problems: Readonly<Record<HashProblem, string>> = {
  "not-a-link": "The address has no state of this page: here is an example instead.",
  "newer-version": "The link was made by another version of this page, and cannot be opened here.",
  damaged: "The link is damaged: a part of it was lost. Ask for it again.",
};

let written = "";

/** Opens what the address says. Without a hash: false, and nothing is changed. */
export async function openAddress(): Promise<boolean> {
  const { hash } = location;
  if (hash.length <= 1 || hash.slice(1) === written) return hash.length > 1;
  const read = await stateOf(hash);
  if ("problem" in read) {
    notice.value = problems[read.problem];
    return false;
  }
  written = hash.slice(1);
  open(read.state);
  return true;
}

/** Keeps the address like the state: while somebody types the same entry of the history, for a step a new one. */
export function keepAddress(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  effect(() => {
    const now = state.value;
    clearTimeout(timer);
    timer = setTimeout(() => void write(now, "replaceState"), QUIET_MS);
  });
  addEventListener("popstate", () => void openAddress());
  addEventListener("hashchange", () => void openAddress());
}

/** Makes a state the page's, as a new entry of the browser's history. */
export async function step(next: PageState): Promise<void> {
  await write(state.value, "replaceState");
  await write(next, "pushState");
  open(next);
}

async function write(input: PageState, how: "replaceState" | "pushState"): Promise<void> {
  const hash = await hashOf(input);
  if (hash.length > LONGEST_HASH || (how === "replaceState" && hash === written)) return;
  written = hash;
  history[how](null, "", `#${hash}`);
}

/** The address with the state in it; undefined if that is too long to be sent. */
export async function linkOf(input: PageState): Promise<string | undefined> {
  const hash = await hashOf(input);
  return hash.length > LONGEST_HASH ? undefined : new URL(`#${hash}`, location.href).href;
}
