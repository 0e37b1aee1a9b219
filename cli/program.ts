import type { CommandRow } from "./command.ts";
import { copyCommands } from "./flags/copies.ts";
import { liveCommands } from "./flags/live.ts";
import { machineCommands } from "./flags/machines.ts";
import { nodeCommands } from "./flags/nodes.ts";
import { planCommands } from "./flags/plans.ts";
import { settingUpCommands } from "./flags/setting-up.ts";

/** All commands, in the order of the help. */
export const commands: readonly CommandRow[] = [
  ...planCommands,
  ...liveCommands,
  ...machineCommands,
  ...nodeCommands,
  ...copyCommands,
  ...settingUpCommands,
];
