import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../support/package-root.ts";
import type { Difference } from "./compare.ts";
import type { Answer, Question } from "./question.ts";

/** A question, what Kata answered, and where our answer differs. */
export interface Asked {
  readonly question: Question;
  readonly kata: Answer;
  readonly differences: readonly Difference[];
}

/** A question that is kept with Kata's answer, so that it can be compared where there is no Kata. */
export type Kept = Pick<Asked, "question" | "kata">;

const file = join(packageRoot, "tests/fixtures/kata/answers.jsonl");
/** What was kept: a line each, below the command that made them. */
export function readKept(): Kept[] {
  const [, ...lines] = readFileSync(file, "utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as Kept);
}

/** Keeps the shortest questions that have something of everything, a line each, below the command that made them. */
export function writeKept(asked: readonly Asked[], command: string): number {
  const kept = new Set<string>();
  const shortestFirst = asked.map((one) => ({ one, text: textOf(one) }));
  shortestFirst.sort((left, right) => left.text.length - right.text.length);
  const chosen = shortestFirst.filter(({ one }) => {
    const missing = featuresOf(one).filter((feature) => !kept.has(feature));
    for (const feature of missing) kept.add(feature);
    return missing.length > 0;
  });
  const lines = [JSON.stringify(`# ${command}`), ...chosen.map(({ text }) => text)];
  writeFileSync(file, `${lines.join("\n")}\n`);
  return chosen.length;
}

function textOf({ question, kata }: Asked): string {
  return JSON.stringify({ question, kata });
}

// What a question stands for: the known differences that it shows, Kata's storages, and what Kata says is wrong.
function featuresOf({ question, kata, differences }: Asked): string[] {
  const { storages = [], error = "" } = kata;
  const names = differences.flatMap((one) => one.names);
  const kinds = storages.map(({ driver, fstype, fsGroup, shared }) =>
    [driver, fstype, fsGroup?.groupChangePolicy, shared].join(" "),
  );
  const words = storages.flatMap(({ driver, options }) => options.map((word) => `${driver} ${nameOf(word)}`));
  const tasks = storages.flatMap(({ driverOptions }) => driverOptions.map(nameOf));
  return [...names, ...kinds, ...words, ...tasks, `${question.op} ${error.slice(0, 20)}`];
}

function nameOf(option: string): string {
  return option.replace(/[=,].*/, "");
}
