import { existsSync, rmdirSync, unlinkSync } from "node:fs";
import { mountsBelow } from "../support/mounts.ts";
import { propagation } from "../support/namespace.ts";
import type { Scratch } from "../support/scratch.ts";
import { attempt, run } from "./attempt.ts";
import { strayName } from "./damage.ts";
import { contentOf } from "./look.ts";

/** Makes mounts propagate as they do in this run of the tests. */
export function restorePropagation(): void {
  run(["mount", propagation === "shared" ? "--make-rshared" : "--make-rprivate", "/"]);
}

/**
 * Takes away what is not the sandbox's: what covers its parts, and stray files. Whether there was something. A guard that was
 * bound again looks like two.
 */
export function removeForeign(scratch: Scratch, isBoundAgain: boolean): boolean {
  const guards = mountsBelow(scratch.inSandbox()).filter(({ point }) => point === scratch.inSandbox());
  const covers = mountsBelow(scratch.hostDir).filter(({ source }) => source === "cover");
  if (isBoundAgain && guards.length > 1) covers.push(...guards.slice(1));
  for (const { point } of covers.reverse()) run(["umount", "-n", "-l", point]);
  const strays = ["directory", "mounts", "shared"]
    .map((place) => scratch.inSandbox(...strayName(place)))
    .filter((path) => existsSync(path));
  for (const path of strays) attempt(() => removeStray(path));
  const mark = scratch.inSandbox("namespace");
  if (contentOf(mark)?.includes("forged")) {
    strays.push(mark);
    attempt(() => unlinkSync(mark));
  }
  return covers.length + strays.length > 0;
}

function removeStray(path: string): void {
  if (existsSync(`${path}/inner`)) rmdirSync(`${path}/inner`);
  if (existsSync(`${path}/.`)) rmdirSync(path);
  else unlinkSync(path);
}
