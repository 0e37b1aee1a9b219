import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { ExitCode } from "../exit-code.ts";
import { CommandError, usageError } from "../failure.ts";
import { type Io, textOf } from "../io.ts";

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
  if (livingFile === undefined) return living.length > 0 ? async () => [...living] : undefined;
  const read = livingFile === "-" ? once(() => textOf(io.stdin)) : () => textOfFile(io, livingFile);
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
  if (ids.length > 0) return ids;
  throw new CommandError({
    what: `Cannot read who lives from ${JSON.stringify(file)}: it names nobody`,
    why: "each sandbox would be dead, also where the program that should have written the list failed",
    next: "say --none-living if no sandbox lives",
    exitCode: ExitCode.usage,
  });
}

async function textOfFile(io: Io, file: string): Promise<string> {
  try {
    return await readFile(resolve(io.cwd, file), "utf8");
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    throw new CommandError({
      what: `Cannot read who lives from ${JSON.stringify(file)}: ${code}`,
      why: "without that list only sandboxes are dead whose mount namespace is gone",
      next: "name a file with an id on each line, or - for the standard input",
      exitCode: ExitCode.failed,
    });
  }
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let begun: Promise<T> | undefined;
  return () => {
    begun ??= work();
    return begun;
  };
}
