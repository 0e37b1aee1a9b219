const LONGEST = 6000;

/**
 * What a part that failed says of it, to be read once more at the end of the run, from the end of its output: the errors that Deno and
 * node:test list after the last test, the names that Bun marks, or else the last lines.
 */
export function failuresOf(output: string): string {
  const lines = output.trimEnd().split("\n");
  const list = lines.findLastIndex((line) => ["ERRORS", "✖ failing tests:"].includes(line.trim()));
  const marked = lines.filter((line) => line.startsWith("(fail) "));
  const chosen = list >= 0 ? lines.slice(list) : marked.length > 0 ? marked : lines.slice(-40);
  return chosen.join("\n").trim().slice(0, LONGEST);
}
