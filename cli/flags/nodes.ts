import type { CommandRow } from "../command.ts";

/** The command that watches a node. */
export const nodeCommands: readonly CommandRow[] = [
  {
    name: "monitor",
    summary: "Watch a node of containers: who lives, what is wrong, what dead sandboxes left",
    example: "guestshare monitor",
    options: [
      {
        flags: "--nri-socket <path>",
        summary: "where the runtime says who lives (default: /var/run/nri/nri.sock)",
      },
      {
        flags: "--living-command <command>",
        summary: "instead: a shell's command that prints the ids of all that live, one a line",
      },
      { flags: "--runtime-pid <number>", summary: "whose mounts are looked at (default: the runtime's)" },
      { flags: "--every <time>", summary: "how often everything is looked at (default: 30s)" },
      { flags: "--grace <time>", summary: "how long a dead sandbox has not changed (default: 10m)" },
      { flags: "--yes", summary: "remove what dead sandboxes left; without it nothing is touched" },
    ],
    load: async () => (await import("../commands/monitor.ts")).monitor,
  },
];
