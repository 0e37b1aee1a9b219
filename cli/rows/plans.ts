import type { CommandRow, OptionRow } from "../command.ts";

const containerOption: OptionRow = {
  flags: "--container <id>",
  summary: 'the container (default: the name of the bundle\'s directory, or "default")',
};

/** What is shared. */
const inputOptions: readonly OptionRow[] = [
  {
    flags: "-v, --volume <mount>",
    summary: "share SRC[:DST[:OPTIONS]]; may be repeated, and \\: is a colon in a path",
    isRepeated: true,
  },
  {
    flags: "--mount <fields>",
    summary: "share type=bind,source=SRC,target=DST[,readonly][,options=…]; may be repeated",
    isRepeated: true,
  },
  containerOption,
  {
    flags: "--config <file>",
    summary: "Kata's configuration.toml; the files of config.d beside it count, too",
  },
];

/** The commands that plan, make and remove what a sandbox shares. */
export const planCommands: readonly CommandRow[] = [
  {
    name: "plan",
    words: "[input]",
    summary: "Show what apply would do now; input is a bundle's directory, or a JSON request (- is stdin)",
    example: "guestshare plan --id s1 /run/bundles/c1",
    options: [
      ...inputOptions,
      { flags: "--offline", summary: "look at nothing: as the request says alone; cannot be applied" },
      { flags: "-o, --output <file>", summary: "also write the plan to a file, for apply" },
      { flags: "--exit-code", summary: "end with 2 if there is something to do" },
      { flags: "--format <format>", summary: "how it is printed", choices: ["tree", "json"] },
    ],
    load: async () => (await import("../commands/plan.ts")).plan,
  },
  {
    name: "apply",
    words: "[input]",
    summary: "Prepare the sandbox and share a bundle, a request or mounts; or do exactly what plan -o wrote",
    example: "guestshare apply --id s1 /run/bundles/c1",
    options: [...inputOptions, { flags: "-y, --yes", summary: "do not ask on a terminal" }],
    load: async () => (await import("../commands/apply.ts")).apply,
  },
];
