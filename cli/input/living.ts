import { statSync } from "node:fs";
import { resolve } from "node:path";
import { ExitCode } from "../exit-code.ts";
import { CommandError, usageError } from "../failure.ts";
import { type Io, textOfStdin } from "../io.ts";
import { textOf } from "./files.ts";

/** How a command line names the sandboxes that live. */
export interface LivingOptions {
  readonly living?: readonly string[];
  readonly livingFile?: string;
  readonly noneLiving?: boolean;
}

/**
 * The ids of the sandboxes that live, read anew at each call where they are in a file; undefined where nobody names them.
 *
 * @throws {CommandError} for a file that cannot be read, and for one without an id: whoever should have written it may have failed.
 */
export async function livingOf(
  io: Io,
  { living = [], livingFile, noneLiving = false }: LivingOptions,
): Promise<(() => Promise<string[]>) | undefined> {
  const isNamed = living.length > 0 || livingFile !== undefined;
  if (isNamed && noneLiving)
    throw usageError("Cannot take --none-living beside --living", "leave one of them out");
  if (noneLiving) return async () => [];
  mustBeIds(living, "--living");
  if (livingFile === undefined) return living.length > 0 ? async () => [...living] : undefined;
  const readNow = () => (livingFile === "-" ? textOfStdin(io) : textOfFile(io, livingFile));
  const read = livingFile !== "-" && isFile(resolve(io.cwd, livingFile)) ? readNow : once(readNow);
  const ids = async () => [...living, ...idsIn(await read(), livingFile)];
  await ids();
  return ids;
}

// One a line.
function idsIn(text: string, file: string): string[] {
  const ids = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  mustBeIds(ids, JSON.stringify(file));
  if (ids.length > 0) return ids;
  throw new CommandError({
    what: `Cannot read who lives from ${JSON.stringify(file)}: it names nobody`,
    why: "each sandbox would be dead, also where the program that should have written the list failed",
    next: "say --none-living if no sandbox lives",
    exitCode: ExitCode.usage,
  });
}

// A message of a program that failed, a table with headings, or many ids in one word. They are as Kata has them.
function mustBeIds(ids: readonly string[], place: string): void {
  const wrong = ids.find((id) => !/^[A-Za-z0-9][\w.-]*$/.test(id));
  if (wrong === undefined) return;
  throw new CommandError({
    what: `Cannot read who lives from ${place}: ${JSON.stringify(wrong)} is no id`,
    why: "what lives could be taken for dead, if something else is in the list",
    next: "name one id at a time",
    exitCode: ExitCode.usage,
  });
}

async function textOfFile(io: Io, file: string): Promise<string> {
  try {
    return await textOf(io, resolve(io.cwd, file));
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (typeof code !== "string") throw error;
    throw new CommandError({
      what: `Cannot read who lives from ${JSON.stringify(file)}: ${code}`,
      why: "without that list only sandboxes are dead whose mount namespace is gone",
      next: "name a file with an id on each line, or - for the standard input",
      exitCode: ExitCode.failed,
    });
  }
}

// What is no file, such as a pipe, has its text once.
function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let begun: Promise<T> | undefined;
  return () => {
    begun ??= work();
    return begun;
  };
}
