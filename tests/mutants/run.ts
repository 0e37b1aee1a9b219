/**
 * Asks the tests whether they would notice small changes of the sources: `npm run mutants -- --seed 1 --count 60`. As many
 * mutants are drawn in each room, each is built in a copy of the checkout, and the short run is asked about it till a test
 * fails; what fails without the mutant, too, is no answer. With `--whole` the whole run is asked about those that lived. What
 * list.json knows of a mutant already is not asked again. `--room linux` asks about one room.
 */
import { argv } from "node:process";
import { parseArgs } from "node:util";
import { denoSteps, failureOf, halvesOf, type Step, shortSteps, wholeSteps } from "./ask.ts";
import { Checkout } from "./checkout.ts";
import { drawn, type Mutant, rooms } from "./draw.ts";
import { codeOf, isSame, type Judged, readList, tableOf, writeList } from "./list.ts";

const { values } = parseArgs({
  args: argv.slice(2),
  options: {
    seed: { type: "string", default: "1" },
    count: { type: "string", default: "60" },
    room: { type: "string", multiple: true, default: Object.keys(rooms) },
    whole: { type: "boolean", default: false },
  },
});
const seed = Number(values.seed);
const perRoom = Math.ceil(Number(values.count) / Object.keys(rooms).length);

using original = new Checkout();
using checkout = new Checkout();

/** The first test that fails with a mutant, and passes without it; null where there is none. */
async function killerOf(steps: readonly Step[]): Promise<string | null> {
  for (const step of steps) {
    const failure = await failureOf(checkout, step);
    if (failure === undefined) continue;
    if ((await failureOf(original, step)) === undefined) return failure;
    const halves = halvesOf(step);
    if (halves.length === 0) console.log(`fails without a mutant, too: ${step.join(" ")}`);
    const other = await killerOf(halves);
    if (other !== null) return other;
  }
  return null;
}

// The short run is asked on Node first. What it has on Deno is asked only where the whole run knows more.
async function askWhole(file: string): Promise<Pick<Judged, "short" | "whole">> {
  const whole = await killerOf(wholeSteps(file));
  return { short: whole === null ? null : await killerOf(denoSteps(file)), whole };
}

/** What the tests say of a mutant; undefined where it is none: it cannot be built, or is the same program. */
async function judge(mutant: Mutant, known: Judged | undefined): Promise<Judged | undefined> {
  const asksWhole = values.whole && known?.short === null && known.equivalent === undefined;
  if (known !== undefined && (!asksWhole || known.whole !== undefined)) return known;
  const { room, file, line, operator } = mutant;
  let judged: Judged | undefined;
  await checkout.with(mutant, async (built) => {
    if (built !== "built") return;
    judged = known
      ? { ...known, ...(await askWhole(file)) }
      : { room, file, line, operator, code: codeOf(mutant), short: await killerOf(shortSteps(file)) };
  });
  return judged;
}

const command = `npm run mutants -- --seed ${seed} --count ${values.count}`;
const known = readList();
const judged: Judged[] = [];
for (const room of values.room) {
  const wanted = judged.length + perRoom;
  for (const mutant of drawn(room, seed)) {
    if (judged.length === wanted) break;
    const one = await judge(
      mutant,
      known.find((before) => isSame(before, { ...mutant, code: codeOf(mutant) })),
    );
    if (!one) continue;
    judged.push(one);
    console.log(tableOf([one]).split("\n")[0]);
    const rest = known.filter((before) => !judged.some((now) => isSame(now, before)));
    writeList(command, [...judged, ...rest]);
  }
}
const all = [...judged, ...known.filter((before) => !values.room.includes(before.room))];
writeList(command, all);
console.log(tableOf(all));
