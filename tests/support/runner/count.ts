/** How many tests did what. */
export interface Count {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The sum of two counts. */
export function add(a: Count, b: Count): Count {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

/**
 * What a test runner counted, from the end of its output: node:test's "ℹ pass 3", Deno's "ok | 3 passed | …" or Bun's " 3 pass". A part
 * that ended badly without a failed test, or counted none at all, is one failure.
 */
export function countOf(output: string, isGood: boolean): Count {
  const count = countOfDeno(output) ?? countOfNode(output) ?? countOfBun(output);
  if (!count || count.passed + count.failed + count.skipped === 0)
    return { passed: 0, failed: 1, skipped: 0 };
  return !isGood && count.failed === 0 ? { ...count, failed: 1 } : count;
}

function countOfNode(output: string): Count | undefined {
  const number = (word: string) => {
    const lines = [...output.matchAll(new RegExp(`^(?:ℹ|#) ${word} (\\d+)$`, "gm"))];
    return Number(lines.at(-1)?.[1] ?? Number.NaN);
  };
  const failed = number("fail") + number("cancelled");
  const count = { passed: number("pass"), failed, skipped: number("skipped") + number("todo") };
  return Number.isNaN(count.passed + count.failed + count.skipped) ? undefined : count;
}

function countOfDeno(output: string): Count | undefined {
  const line = output.match(/^(?:ok|FAILED) \| .*passed.*$/gm)?.at(-1);
  if (line === undefined) return undefined;
  const number = (word: string) => Number(line.match(new RegExp(`(\\d+) ${word}`))?.[1] ?? 0);
  return { passed: number("passed"), failed: number("failed"), skipped: number("ignored") };
}

function countOfBun(output: string): Count | undefined {
  const [summary] = output.match(/^ *\d+ pass\n(?: *\d+ \w+.*\n)*Ran \d+ tests? across/m) ?? [];
  if (summary === undefined) return undefined;
  const number = (word: string) => Number(summary.match(new RegExp(`^ *(\\d+) ${word}$`, "m"))?.[1] ?? 0);
  const failed = number("fail") + number("errors?");
  return { passed: number("pass"), failed, skipped: number("skip") + number("todo") };
}
