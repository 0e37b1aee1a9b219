const LONGEST = 6000;
const MOST_LINES_BEFORE = 30;

/**
 * What a part that failed says of it, to be read once more at the end of the run, from the end of its output: the errors that Deno and
 * node:test list after the last test, what Bun says before each name that it marks, or else the last lines.
 */
export function failuresOf(output: string): string {
  const lines = output.trimEnd().split("\n");
  const list = lines.findLastIndex((line) => ["ERRORS", "✖ failing tests:"].includes(line.trim()));
  const marked = lines.flatMap((line, at) => (line.startsWith("(fail) ") ? markedByBun(lines, at) : []));
  const chosen = list >= 0 ? lines.slice(list) : marked.length > 0 ? marked : lines.slice(-40);
  return chosen.join("\n").trim().slice(0, LONGEST);
}

function markedByBun(lines: readonly string[], at: number): readonly string[] {
  const before = lines.slice(Math.max(0, at - MOST_LINES_BEFORE), at);
  const lastEnd = before.findLastIndex((line) => /^\((?:pass|fail|skip|todo)\) /.test(line));
  return [...before.slice(lastEnd + 1), lines[at] ?? ""];
}
