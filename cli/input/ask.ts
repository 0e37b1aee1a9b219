import type { Io } from "../io.ts";

/** Asks a question on a terminal. Only "y" and "yes" are a yes. */
export async function isAnsweredYes(io: Io, question: string): Promise<boolean> {
  io.stderr.write(`${question} [y/N] `);
  let answer = "";
  for await (const text of io.stdin) {
    answer += text;
    if (answer.includes("\n")) break;
  }
  if (!answer.includes("\n")) io.stderr.write("\n");
  return /^\s*y(?:es)?\s*$/i.test(answer.split("\n")[0] ?? "");
}
