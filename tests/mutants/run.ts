/**
 * Asks the tests whether they would notice small changes of the sources: `npm run mutants -- --seed 1 --count 60`. As many
 * mutants are drawn in each room, each is built in a copy of the checkout, and the short run is asked about it till a test
 * fails; what fails without the mutant, too, is no answer. With `--whole` the whole run is asked about those that lived. What
 * list.json knows of a mutant already is not asked again, but with `--listed`, which draws none and asks about those of the list,
 * wherever their code is now. `--room linux` asks about one room, `--rows 2` about two at a time.
 */
import process, { argv } from "node:process";
import { parseArgs } from "node:util";
import { sideBySide } from "../support/runner/side-by-side.ts";
import { denoSteps, failuresOf, type Step, shortSteps, wholeSteps } from "./ask.ts";
import { Checkout } from "./checkout.ts";
import { drawn, type Mutant, rooms } from "./draw.ts";
import { codeOf, isSame, type Judged, listedNow, readList, tableOf, writeList } from "./list.ts";

const { values } = parseArgs({
  args: argv.slice(2),
  options: {
    seed: { type: "string", default: "1" },
    count: { type: "string", default: "60" },
    room: { type: "string", multiple: true, default: Object.keys(rooms) },
    rows: { type: "string", default: "1" },
    whole: { type: "boolean", default: false },
    listed: { type: "boolean", default: false },
  },
});
const seed = Number(values.seed);
const perRoom = Math.ceil(Number(values.count) / Object.keys(rooms).length);
const command = `npm run mutants -- --seed ${seed} --count ${values.count}`;
const known = readList();

using original = new Checkout();

// Tests that fail without a mutant, too: where mutants are asked, some that look at processes outside do.
const failing = new Set<string>();

/** The first test that fails with a mutant, and passes without it; null where there is none. */
async function killerOf(checkout: Checkout, steps: readonly Step[]): Promise<string | null> {
  for (const step of steps) {
    const failures = await failuresOf(checkout, step);
    if (failures.every((name) => failing.has(name))) continue;
    for (const name of await failuresOf(original, step)) {
      if (!failing.has(name)) console.log(`fails without a mutant, too: ${name}`);
      failing.add(name);
    }
    const killer = failures.find((name) => !failing.has(name));
    if (killer !== undefined) return killer;
  }
  return null;
}

// The short run is asked on Node first. What it has on Deno is asked only where the whole run knows more.
async function askWhole(checkout: Checkout, file: string): Promise<Pick<Judged, "short" | "whole">> {
  const whole = await killerOf(checkout, wholeSteps(file));
  return { short: whole === null ? null : await killerOf(checkout, denoSteps(file)), whole };
}

/** What the tests say of a mutant; undefined where it is none: it cannot be built, or is the same program. */
async function judge(checkout: Checkout, mutant: Mutant): Promise<Judged | undefined> {
  const before = values.listed
    ? undefined
    : known.find((one) => isSame(one, { ...mutant, code: codeOf(mutant) }));
  const asksWhole = values.whole && before?.short === null && before.equivalent === undefined;
  if (before !== undefined && (!asksWhole || before.whole !== undefined)) return before;
  const { room, file, line, operator } = mutant;
  let judged: Judged | undefined;
  await checkout.with(mutant, async (built) => {
    if (built !== "built") return;
    judged = before
      ? { ...before, ...(await askWhole(checkout, file)) }
      : {
          room,
          file,
          line,
          operator,
          code: codeOf(mutant),
          short: await killerOf(checkout, shortSteps(file)),
        };
  });
  return judged;
}

const judged: Judged[] = [];

async function askAgain(room: string): Promise<void> {
  using checkout = new Checkout();
  const { found, gone } = listedNow(room);
  for (const mutant of found) {
    const one = await judge(checkout, mutant);
    console.log(
      one ? tableOf([one]).split("\n")[0] : `is the same program now: ${mutant.file}:${mutant.line}`,
    );
    if (one) judged.push(one);
  }
  for (const { file, line, code } of gone) console.log(`its code is gone: ${file}:${line} ${code}`);
}

async function askRoom(room: string): Promise<void> {
  using checkout = new Checkout();
  let count = 0;
  for (const mutant of drawn(room, seed)) {
    if (count === perRoom) return;
    const one = await judge(checkout, mutant);
    if (!one) continue;
    count += 1;
    judged.push(one);
    console.log(tableOf([one]).split("\n")[0]);
    writeList(
      command,
      inOrder([...judged, ...known.filter((before) => !judged.some((now) => isSame(now, before)))]),
    );
  }
}

function inOrder(mutants: readonly Judged[]): Judged[] {
  return Object.keys(rooms).flatMap((room) => mutants.filter((one) => one.room === room));
}

await sideBySide(values.room, Number(values.rows), values.listed ? askAgain : askRoom);
if (values.listed) {
  console.log(tableOf(inOrder(judged)));
  if (judged.some(({ short }) => short === null)) process.exitCode = 1;
} else {
  const all = inOrder([...judged, ...known.filter(({ room }) => !values.room.includes(room))]);
  writeList(command, all);
  console.log(tableOf(all));
}
