import { type Io, interruption } from "../io.ts";

/** The option of commands that ask before they change something. */
export interface AskOptions {
  readonly yes?: boolean;
}

/** Whether somebody is there to be asked, and did not say --yes. */
export function isToBeAsked({ stdin, stderr }: Io, { yes = false }: AskOptions): boolean {
  return stdin.isTerminal && stderr.isTerminal && !yes;
}

/**
 * Asks a question on a terminal. Only "y" and "yes" are a yes.
 *
 * @throws what interrupted it.
 */
export async function isAnsweredYes(io: Io, question: string): Promise<boolean> {
  io.stderr.write(`${question} [y/N] `);
  let line: string | undefined;
  try {
    line = await Promise.race([firstLine(io), interruption(io.signal)]);
  } finally {
    if (line === undefined) io.stderr.write("\n");
  }
  return /^\s*y(?:es)?\s*$/i.test(line ?? "");
}

// Undefined where the input ends before the line does.
async function firstLine({ stdin }: Io): Promise<string | undefined> {
  let text = "";
  for await (const piece of stdin) {
    text += piece;
    if (text.includes("\n")) return text.split("\n")[0];
  }
  return undefined;
}
