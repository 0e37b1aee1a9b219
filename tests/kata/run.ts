/**
 * Asks Kata's own functions and this project the same questions: `npm run test:kata -- PROGRAM`. PROGRAM answers with
 * functions of Kata's, a line of JSON for each line of JSON: docs/kata.md says what it is asked. Every difference has to be
 * one of those that are listed there; one that is listed and was not met is told.
 *
 *     npm run test:kata -- PROGRAM [--seed 1] [--count 3000] [--keep]
 *
 * With `--keep` some of the answers become the fixture that is compared without Kata.
 */
import { argv } from "node:process";
import { parseArgs } from "node:util";
import { load } from "../../mod.ts";
import { isExecutable } from "../support/runner/tools.ts";
import { questionsOf } from "./arbitrary-questions.ts";
import { differencesOf, knownNames } from "./compare.ts";
import { type Asked, writeKept } from "./kept.ts";
import { KataProgram } from "./program.ts";

const SHOWN = 5;

const { values, positionals } = parseArgs({
  args: argv.slice(2),
  allowPositionals: true,
  options: {
    seed: { type: "string", default: "1" },
    count: { type: "string", default: "3000" },
    keep: { type: "boolean", default: false },
  },
});

async function ask(path: string): Promise<Asked[]> {
  const core = await load();
  await using program = new KataProgram(path);
  const asked: Asked[] = [];
  for (const question of questionsOf(Number(values.seed), Number(values.count))) {
    const kata = await program.ask(question);
    asked.push({ question, kata, differences: differencesOf(core, question, kata) });
  }
  return asked;
}

function report(asked: readonly Asked[]): boolean {
  const met = new Map<string, number>();
  for (const { differences } of asked)
    for (const name of differences.flatMap(({ names }) => names)) met.set(name, (met.get(name) ?? 0) + 1);
  const unknown = asked.filter(({ differences }) => differences.some(({ names }) => names.length === 0));
  const equal = asked.filter(({ differences }) => differences.length === 0).length;
  console.log(`${asked.length} questions: ${equal} answers are equal, ${asked.length - equal} differ`);
  for (const [name, count] of met) console.log(`  ${count} times: ${name}`);
  for (const name of knownNames.filter((name) => !met.has(name))) console.log(`  not met: ${name}`);
  for (const { question, differences } of unknown.slice(0, SHOWN))
    console.log(
      JSON.stringify({ differences: differences.filter(({ names }) => names.length === 0), question }),
    );
  if (unknown.length > 0) console.log(`FAILED: ${unknown.length} answers differ in a way that is not known`);
  return unknown.length === 0;
}

async function main(): Promise<number> {
  const [path] = positionals;
  if (path === undefined || !isExecutable(path)) {
    const named = path === undefined ? "no program is named" : `${JSON.stringify(path)} is no program`;
    console.log(`FAILED: cannot ask Kata's functions: ${named} (docs/kata.md says what it has to answer)`);
    return 1;
  }
  const asked = await ask(path);
  const command = `npm run test:kata -- PROGRAM --seed ${values.seed} --count ${values.count} --keep`;
  if (values.keep) console.log(`kept ${writeKept(asked, command)} answers`);
  return report(asked) ? 0 : 1;
}

process.exitCode = await main();
