import type { CommandRow, OptionRow } from "./command.ts";

const id: OptionRow = { flags: "--id <sandbox>", summary: "the sandbox" };
const hostDir: OptionRow = {
  flags: "--host-dir <directory>",
  summary: "the directory of all sandboxes on this host",
};

const commonOptions: readonly OptionRow[] = [
  { flags: "--json", summary: "print data as JSON" },
  { flags: "--quiet", summary: "say nothing but errors" },
  { flags: "--color <when>", summary: "use colors", choices: ["auto", "always", "never"] },
  {
    flags: "--log-level <level>",
    summary: "write logs of this level to stderr",
    choices: ["trace", "debug", "info", "warn", "error", "fatal", "silent"],
  },
  { flags: "--engine <name>", summary: "how system calls are made", choices: ["koffi", "ffi-rs"] },
];

/** The options of a command: its own, and those that commands have in common. */
export function optionsOf({ options = [], without = [] }: CommandRow): readonly OptionRow[] {
  const place = [...(without.includes("id") ? [] : [id]), ...(without.includes("hostDir") ? [] : [hostDir])];
  return [...options, ...place, ...commonOptions];
}
