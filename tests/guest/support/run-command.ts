import { readdirSync, readFileSync } from "node:fs";
import { Child } from "../../support/child.ts";
import { binary } from "../../support/cli/run-command.ts";
import type { Scratch } from "../../support/scratch.ts";

/** The command `guestshare run` with these words, and what is there stays in the test's directory. */
export function runWords(scratch: Scratch, words: readonly string[]): [string, ...string[]] {
  return [...binary, "run", "--host-dir", scratch.hostDir, "--quiet", ...words];
}

/** Starts it. */
export function startRun(scratch: Scratch, words: readonly string[]): Child {
  return new Child(runWords(scratch, words));
}

/** What is in the directory of the shares, and mounted below it. */
export function leftOf({ hostDir }: Scratch): string[] {
  const mounts = readFileSync("/proc/self/mountinfo", "utf8").split("\n");
  return [...readdirSync(hostDir), ...mounts.filter((line) => line.includes(hostDir))];
}
