import type { CommandRow } from "./command.ts";
import { copyCommands } from "./rows/copies.ts";
import { liveCommands } from "./rows/live.ts";
import { planCommands } from "./rows/plans.ts";
import { settingUpCommands } from "./rows/setting-up.ts";

/** All commands, in the order of the help. */
export const commands: readonly CommandRow[] = [
  ...planCommands,
  ...liveCommands,
  ...copyCommands,
  ...settingUpCommands,
];
