import type { CommandRow } from "../command.ts";
import { inputOptions, linkOption, waitOption, yesOption } from "./plans.ts";

/** The commands that say what there is. */
export const liveCommands: readonly CommandRow[] = [
  {
    name: "list",
    summary: "List the sandboxes that there are, and what they share",
    example: "guestshare list -o target,host-path,users",
    options: [
      { flags: "-o, --output <columns>", summary: "the columns, such as target,host-path,users" },
      { flags: "--format <format>", summary: "how it is printed", choices: ["tree", "json", "svg"] },
      linkOption,
      {
        flags: "--everywhere",
        summary: "also those of other mount namespaces, such as those of Kata's shims",
      },
      { flags: "--node", summary: "instead: what the monitor of this node knows (guestshare monitor)" },
      {
        flags: "--socket <path>",
        summary: "with --node: where it listens (default: /run/guestshare-monitor/monitor.sock)",
      },
    ],
    load: async () => (await import("../commands/list.ts")).list,
  },
  {
    name: "audit",
    summary: "Say what is wrong with sandboxes, why it matters, and what mends it",
    example: "guestshare audit --exit-code",
    options: [
      {
        flags: "--plan <file>",
        summary: "also what is weaker than a plan of plan -o; may be repeated",
        isRepeated: true,
      },
      { flags: "--exit-code", summary: "end with 2 if something is wrong" },
      linkOption,
    ],
    load: async () => (await import("../commands/audit.ts")).audit,
  },
  {
    name: "mend",
    words: "[input...]",
    summary: "Make a sandbox as it should be; with its bundles, requests or plans, its shares, too",
    example: "guestshare mend --id s1 /run/bundles/c1",
    options: [...inputOptions, yesOption, waitOption],
    load: async () => (await import("../commands/mend.ts")).mend,
  },
  {
    name: "diff",
    words: "[input]",
    summary: "Show what a plan, a bundle or a request has and the mount table has not, and the reverse",
    example: "guestshare diff --id s1 /run/bundles/c1",
    options: [...inputOptions, { flags: "--exit-code", summary: "end with 2 if something differs" }],
    load: async () => (await import("../commands/diff.ts")).diff,
  },
  {
    name: "preview",
    words: "[input]",
    summary: "Serve a page on this machine that draws what apply would do, and explains it",
    example: "guestshare preview --id s1 /run/bundles/c1",
    options: [
      ...inputOptions,
      { flags: "--offline", summary: "look at nothing: as the request says alone" },
      { flags: "--port <number>", summary: "the port of 127.0.0.1 (default: a free one)" },
    ],
    load: async () => (await import("../commands/preview.ts")).preview,
  },
  {
    name: "gc",
    summary: "Find what dead sandboxes left, and remove it with --yes",
    example: "crictl pods -q | guestshare gc --living-file - --yes",
    options: [
      { flags: "--living <id>", summary: "a sandbox that lives", isRepeated: true },
      { flags: "--living-file <file>", summary: "their ids, one a line; - is the standard input" },
      { flags: "--none-living", summary: "no sandbox lives" },
      { flags: "--grace <time>", summary: "how long a dead one has not changed (default: 10m)" },
      { flags: "--yes", summary: "remove the dead; without it they are only listed" },
      { flags: "--exit-code", summary: "end with 2 if something is to be removed" },
    ],
    load: async () => (await import("../commands/gc.ts")).gc,
  },
  {
    name: "follow",
    summary: "Print a line for each mount of a sandbox that comes or goes",
    example: "guestshare follow --json",
    load: async () => (await import("../commands/follow.ts")).follow,
  },
];
