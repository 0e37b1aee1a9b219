import type { CommandRow, CommonOptions } from "../command.ts";
import { bashScript } from "../completion/bash.ts";
import { pathsLike } from "../completion/paths.ts";
import { pathTyped } from "../completion/place.ts";
import { completionTree } from "../completion/tree.ts";
import { ExitCode } from "../exit-code.ts";
import { usageError } from "../failure.ts";
import type { Io } from "../io.ts";

/** The shells that are known. */
const shells: readonly string[] = ["bash", "zsh", "fish"];

/** `guestshare completion`: a script with which a shell completes the words of this command. */
export async function completion(
  io: Io,
  [shell = ""]: readonly string[],
  _options: CommonOptions,
  rows: readonly CommandRow[],
): Promise<number> {
  if (!shells.includes(shell))
    throw usageError(
      `Cannot complete words in ${JSON.stringify(shell)}`,
      `name one of ${shells.join(", ")}`,
      "this shell is not known",
    );
  if (shell === "bash") io.stdout.write(bashScript);
  // It writes to the standard output itself.
  else (await completionTree(rows)).setup("guestshare", "guestshare", shell);
  return ExitCode.done;
}

const NO_SPACE = 2;
const NO_FILES = 4;

/** `guestshare complete -- WORDS`: what the last of these words can become, for such a script. */
export async function complete(
  io: Io,
  words: readonly string[],
  _options: CommonOptions,
  rows: readonly CommandRow[],
): Promise<number> {
  const typed = pathTyped(words, rows);
  if (typed === undefined) {
    (await completionTree(rows)).parse([...words]);
    return ExitCode.done;
  }
  const found = pathsLike(typed, io.cwd);
  // After a directory goes on what is in it.
  const isOpen = found.every((path) => path.endsWith("/"));
  io.stdout.write([...found, `:${isOpen ? NO_FILES | NO_SPACE : NO_FILES}`, ""].join("\n"));
  return ExitCode.done;
}
