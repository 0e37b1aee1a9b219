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
      {
        flags: "--grace <time>",
        summary: "how long a sandbox is in no list, and has not changed, until it is dead (default: 10m)",
      },
      { flags: "--gate <file>", summary: "refuse containers by the rules of a file (docs/gate.md)" },
      { flags: "--gate-trial", summary: "only tell what the gate would refuse" },
      {
        flags: "--socket <path>",
        summary: "where it is asked for what it knows (default: /run/guestshare-monitor/monitor.sock)",
      },
      { flags: "--port <number>", summary: "serve that, and metrics, on this port of 127.0.0.1, too" },
      { flags: "--per-pod", summary: "with metrics of each sandbox" },
      { flags: "--yes", summary: "remove what dead sandboxes left; without it nothing is touched" },
    ],
    load: async () => (await import("../commands/monitor.ts")).monitor,
  },
];
