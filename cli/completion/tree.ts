import { readFileSync } from "node:fs";
import type { Command, OptionHandler, RootCommand } from "@bomb.sh/tab";
import { readMountinfo, recognise } from "../../table/mod.ts";
import type { CommandRow, OptionRow } from "../command.ts";
import { optionsOf } from "../options.ts";
import { flagsOf } from "./flags.ts";
import { isPlain } from "./paths.ts";

/** The commands as the completion of shells has them. */
export async function completionTree(rows: readonly CommandRow[]): Promise<RootCommand> {
  const { RootCommand } = await import("@bomb.sh/tab");
  const root = new RootCommand();
  for (const row of rows) if (!row.isHidden) add(root.command(row.name, row.summary), row);
  return root;
}

function add(command: Command, row: CommandRow): void {
  const { words, wordChoices } = row;
  for (const option of optionsOf(row)) {
    const { long, short } = flagsOf(option.flags);
    const handler = handlerOf(option);
    if (handler) command.option(long, option.summary, handler, short);
    else command.option(long, option.summary, short);
  }
  if (words && wordChoices)
    command.argument(words, (complete) => {
      for (const choice of wordChoices) complete(choice, "");
    });
}

// Undefined for an option without a value.
function handlerOf({ flags, choices = [] }: OptionRow): OptionHandler | undefined {
  const { long, value } = flagsOf(flags);
  if (value === undefined) return undefined;
  if (long === "id") return (complete) => offerSandboxes(complete);
  return (complete) => {
    for (const choice of choices) complete(choice, "");
  };
}

// Anybody who may mount a FUSE filesystem chooses such names.
function offerSandboxes(complete: (value: string, description: string) => void): void {
  const { mounts } = readMountinfo(readFileSync("/proc/self/mountinfo"));
  for (const { id, directory } of recognise(mounts))
    if (isPlain(id)) complete(id, directory.split("/").slice(1).every(isPlain) ? directory : "");
}
