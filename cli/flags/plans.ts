import type { CommandRow, OptionRow } from "../command.ts";

const containerOption: OptionRow = {
  flags: "--container <id>",
  summary: 'the container (default: the name of the bundle\'s directory, or "default")',
};

/** What is shared. */
export const inputOptions: readonly OptionRow[] = [
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

/** The option of commands whose result, or whose refusal, the page draws. */
export const linkOption: OptionRow = {
  flags: "--link",
  summary: "also give the address of the page that draws it (GUESTSHARE_PAGE: another place of the page)",
};

/** The option of commands that ask on a terminal. */
export const yesOption: OptionRow = { flags: "-y, --yes", summary: "do not ask on a terminal" };

/** The option of commands that work under a sandbox's lock. */
export const waitOption: OptionRow = {
  flags: "--wait <time>",
  summary: "how long another process may work on the sandbox (default: 60s)",
};

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
      {
        flags: "--format <format>",
        summary: "how it is printed",
        choices: ["tree", "json", "sh", "oci", "svg"],
      },
      linkOption,
    ],
    load: async () => (await import("../commands/plan.ts")).plan,
  },
  {
    name: "apply",
    words: "[input]",
    summary: "Prepare the sandbox and share a bundle, a request or mounts; or do exactly what plan -o wrote",
    example: "guestshare apply --id s1 /run/bundles/c1",
    options: [...inputOptions, yesOption, waitOption],
    load: async () => (await import("../commands/apply.ts")).apply,
  },
  {
    name: "share",
    words: "[mount...]",
    summary: "Share files and directories, SRC[:DST[:OPTIONS]], in a sandbox that is prepared",
    example: "guestshare share --id s1 --container c1 /etc/hosts:/etc/hosts:ro",
    options: [...inputOptions, waitOption],
    load: async () => (await import("../commands/share.ts")).share,
  },
  {
    name: "unshare",
    words: "<share...>",
    summary: "Remove the share of a file, named by its source, its name or its path in the hub",
    example: "guestshare unshare --id s1 --container c1 /etc/hosts",
    options: [
      { flags: "--container <id>", summary: "the container; needed if several use the share" },
      waitOption,
    ],
    load: async () => (await import("../commands/unshare.ts")).unshare,
  },
  {
    name: "remove",
    words: "<container...>",
    summary: "Remove all that a container shares; what other containers use, too, stays for them",
    example: "guestshare remove --id s1 c1",
    options: [{ flags: "--strict", summary: "refuse if a process still uses a file of it, and say who" }],
    load: async () => (await import("../commands/remove.ts")).remove,
  },
  {
    name: "cleanup",
    summary: "Remove all that was ever mounted for a sandbox",
    example: "guestshare cleanup --id s1",
    options: [
      waitOption,
      { flags: "--revoke", summary: "unmount each share first, for those who hold a copy of it" },
      { flags: "--force", summary: "also if the sandbox lives in another mount namespace" },
    ],
    load: async () => (await import("../commands/cleanup.ts")).cleanup,
  },
];
