import type { Part } from "./parts.ts";
import type { Outcome } from "./run-part.ts";

// Where more failed, something is broken.
const MOST_FAILED = 3;
// What took longer, hung: it would again.
const MOST_SECONDS = 3000;

/** A part that failed beside others and not alone. */
export interface Unsteady {
  readonly name: string;
  /** What it said beside others. */
  readonly failures: string;
}

/** What is left of outcomes once the parts with a few failed tests have run again, and which of these did not fail again. */
export interface SecondTry {
  readonly outcomes: readonly Outcome[];
  readonly unsteady: readonly Unsteady[];
}

/**
 * Runs each part with a few failed tests again, one after the other with nothing beside it: those of its files that failed, if it says which.
 * What fails again has failed. What does not was disturbed by the others, or is a race: that is told, and has to be mended as well.
 */
export async function secondTry(
  parts: readonly Part[],
  firsts: readonly Outcome[],
  run: (part: Part) => Promise<Outcome>,
): Promise<SecondTry> {
  const outcomes = [...firsts];
  const unsteady: Unsteady[] = [];
  for (const [at, part] of parts.entries()) {
    const { count, failures, seconds } = firsts[at] as Outcome;
    const isTried = count.failed > 0 && count.failed <= MOST_FAILED && seconds <= MOST_SECONDS;
    // A second try would draw other examples.
    if (!isTried || failures.includes("Counterexample:")) continue;
    const second = await run(part.again?.(failures) ?? part);
    if (second.count.failed > 0 || second.count.passed < count.failed) continue;
    const passed = { ...count, passed: count.passed + count.failed, failed: 0 };
    outcomes[at] = { count: passed, failures: "", seconds: seconds + second.seconds };
    unsteady.push({ name: part.name, failures });
  }
  return { outcomes, unsteady };
}

/** Those files of tests, such as "host/guard", that failures name; all if they name none. */
export function filesIn(failures: string, files: readonly string[]): readonly string[] {
  const named = files.filter((file) => failures.includes(`tests/${file}.test.`));
  return named.length > 0 ? named : files;
}
