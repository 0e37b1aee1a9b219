/**
 * Runs the tests, parts of them side by side: a short run in which long sweeps are sampled, or with `--all` the whole, guests
 * included. Words choose parts ("core", "host", "node", "deno", "private", "shared") and files by pieces of their names. Mounts
 * are made in namespaces of their own; the machine's are looked at before and after. With CI in the environment a skipped
 * test is a failure.
 */
import { availableParallelism } from "node:os";
import { ChoiceError } from "./support/runner/choice.ts";
import { add, type Count } from "./support/runner/count.ts";
import { expectedTogether, minutes } from "./support/runner/duration.ts";
import { differences, machineMounts } from "./support/runner/machine.ts";
import { type Part, partsOf } from "./support/runner/parts.ts";
import { endParts, type Outcome, runPart } from "./support/runner/run-part.ts";
import { sideBySide } from "./support/runner/side-by-side.ts";
import { Turns } from "./support/runner/turns.ts";

const mayNotSkip = (process.env.CI ?? "") !== "";
// Two more than there are cores: tests wait for much.
const rows = Math.min(4, availableParallelism() + 2);
const turns = new Turns((text) => process.stdout.write(text));

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => {
    endParts();
    turns.flush();
    process.kill(process.pid, signal);
  });
}

async function run(part: Part): Promise<Outcome> {
  const speaker = turns.begin();
  speaker.say(`\n=== ${part.name}\n`);
  const outcome = await runPart(part, speaker);
  speaker.end();
  return outcome;
}

function lineOf({ name, expectedSeconds }: Part, { count, seconds }: Outcome): string {
  const expected = expectedSeconds === undefined ? "" : `, ${expectedSeconds} s expected`;
  return `${name}: ${phrase(count)} (${seconds.toFixed(1)} s${expected})`;
}

async function main(args: readonly string[]): Promise<number> {
  const words = args.filter((word) => word !== "--all");
  const isShort = words.length === args.length;
  const parts = partsOf(words, isShort);
  const expected = expectedTogether(parts, rows);
  console.log(`${isShort ? "The short run" : "The whole run"}, ${parts.length} of its parts${expected}`);
  const start = performance.now();
  const before = machineMounts();
  const outcomes = await sideBySide(parts, rows, run);
  const counts = outcomes.map(({ count }) => count);
  const changed = differences(before, machineMounts());
  console.log("\n=== All");
  for (const [at, part] of parts.entries()) console.log(lineOf(part, outcomes[at] as Outcome));
  console.log(`It took ${minutes((performance.now() - start) / 1000)}${expected}`);
  return judge(counts.reduce(add), changed);
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

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof ChoiceError)) throw error;
  console.log(`FAILED: ${error.message}`);
  process.exitCode = 1;
}
