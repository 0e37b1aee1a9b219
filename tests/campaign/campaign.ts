import { mkdirSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { mountsBelow, mountTmpfs, unmount } from "../support/mounts.ts";
import { Scratch } from "../support/scratch.ts";
import { diceOf } from "./dice.ts";
import { restorePropagation } from "./foreign.ts";
import { type Outcome, playRound } from "./round.ts";

/** Which rounds are played. */
export interface Rounds {
  readonly seed: number;
  readonly first: number;
  readonly count: number;
}

/** What came of a campaign. */
export interface Figures {
  readonly rounds: number;
  /** In how many a call failed that was to fail. */
  readonly hits: number;
  /** Each round that ended as none may, with its number and what was wrong. */
  readonly wrong: readonly string[];
}

/** Plays rounds, each in a directory of its own on a tmpfs; `tell` is called after each one. */
export async function play(
  path: string,
  { seed, first, count }: Rounds,
  tell: (round: number, outcome: Outcome) => void = () => {},
): Promise<Figures> {
  let hits = 0;
  const wrong: string[] = [];
  for (let round = first; round < first + count; round += 1) {
    const outcome = await inDirectory(join(path, `round-${round}`), (scratch) =>
      playRound(scratch, diceOf(seed, round)),
    );
    if (outcome.isHit) hits += 1;
    for (const what of outcome.wrong) wrong.push(`${what} [round ${round}: ${outcome.story}]`);
    tell(round, outcome);
  }
  return { rounds: count, hits, wrong };
}

/** What `use` makes of a directory on a tmpfs of its own, which is taken away then. */
export async function inDirectory<T>(path: string, use: (scratch: Scratch) => Promise<T>): Promise<T> {
  mkdirSync(path);
  mountTmpfs(path);
  try {
    return await use(new Scratch(path));
  } finally {
    restorePropagation();
    for (const _ of mountsBelow(path).filter(({ point }) => point === path)) unmount(path);
    rmdirSync(path);
  }
}
