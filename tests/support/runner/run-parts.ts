import { availableParallelism } from "node:os";
import { add, type Count } from "./count.ts";
import { expectedTogether, minutes } from "./duration.ts";
import { differences, machineMounts } from "./machine.ts";
import type { Part } from "./parts.ts";
import { endParts, type Outcome, runPart } from "./run-part.ts";
import { secondTry } from "./second-try.ts";
import { sideBySide } from "./side-by-side.ts";
import { Turns } from "./turns.ts";

const mayNotSkip = (process.env.CI ?? "") !== "";
// Three more than there are cores: tests wait for much.
const rows = Math.min(5, availableParallelism() + 3);

/**
 * Runs parts side by side, and says what they print, how each ended and, last, what was counted. A part of which a few tests failed runs
 * once more, alone. Gives the exit code: a failed test is a failure, and so is a mount that the machine has more or less than before. With
 * CI in the environment a skipped test is one.
 */
export async function runParts(title: string, parts: readonly Part[]): Promise<number> {
  const turns = new Turns((text) => process.stdout.write(text));
  endWithSignals(turns);
  const expected = expectedTogether(parts, rows);
  console.log(`${title}, ${parts.length} of its parts${expected}`);
  const start = performance.now();
  const before = machineMounts();
  const firsts = await sideBySide(parts, rows, (part) => run(part, turns));
  const { outcomes, unsteady } = await secondTry(parts, firsts, (part) => run(part, turns));
  const changed = differences(before, machineMounts());
  console.log("\n=== All");
  for (const [at, part] of parts.entries()) console.log(lineOf(part, outcomes[at] as Outcome));
  for (const [at, part] of parts.entries()) tellFailures("Failed in", part.name, outcomes[at] as Outcome);
  for (const one of unsteady)
    tellFailures("UNSTEADY: failed beside others, and not alone, in", one.name, one);
  console.log(`It took ${minutes((performance.now() - start) / 1000)}${expected}`);
  return judge(outcomes.map(({ count }) => count).reduce(add), changed);
}

function endWithSignals(turns: Turns): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      endParts();
      turns.flush();
      process.kill(process.pid, signal);
    });
  }
}

async function run(part: Part, turns: Turns): Promise<Outcome> {
  const speaker = turns.begin();
  speaker.say(`\n=== ${part.name}\n`);
  const outcome = await runPart(part, speaker);
  speaker.end();
  return outcome;
}

function tellFailures(what: string, name: string, { failures }: Pick<Outcome, "failures">): void {
  if (failures !== "") console.log(`\n=== ${what} ${name}\n${failures}\n`);
}

function lineOf({ name, expectedSeconds }: Part, { count, seconds }: Outcome): string {
  const expected = expectedSeconds === undefined ? "" : `, ${expectedSeconds} s expected`;
  return `${name}: ${phrase(count)} (${seconds.toFixed(1)} s${expected})`;
}

/** Says what is wrong and, last, what was counted; the exit code. */
function judge(counted: Count, changed: readonly string[]): number {
  if (changed.length > 0) console.log(`FAILED: the machine's own mounts changed:\n${changed.join("\n")}`);
  const count = changed.length > 0 ? { ...counted, failed: counted.failed + 1 } : counted;
  const isSkippedWrongly = count.skipped > 0 && (mayNotSkip || count.passed === 0);
  if (isSkippedWrongly)
    console.log(`FAILED: ${mayNotSkip ? "CI is set, and tests were skipped" : "nothing was tested"}`);
  console.log(phrase(count));
  return count.failed > 0 || isSkippedWrongly ? 1 : 0;
}

const phrase = ({ passed, failed, skipped }: Count) =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`;
