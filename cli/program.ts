import type { CommandRow, OptionRow } from "./command.ts";
import { copyCommands } from "./rows/copies.ts";
import { liveCommands } from "./rows/live.ts";
import { planCommands } from "./rows/plans.ts";
import { settingUpCommands } from "./rows/setting-up.ts";

/** The options that every command has. */
export const commonOptions: readonly OptionRow[] = [
  { flags: "--id <sandbox>", summary: "the sandbox" },
  { flags: "--host-dir <directory>", summary: "the directory of all sandboxes on this host" },
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

/** All commands, in the order of the help. */
export const commands: readonly CommandRow[] = [
  ...planCommands,
  ...liveCommands,
  ...copyCommands,
  ...settingUpCommands,
];
