import type { CommandRow } from "../command.ts";

/** The command that starts a machine. */
export const machineCommands: readonly CommandRow[] = [
  {
    name: "run",
    words: "<directory> [command...]",
    passesOptions: true,
    summary:
      "Run a command in a virtual machine that has a directory: an OCI bundle; a root filesystem (it has bin or usr), whose changes are lost; or any other as /work",
    example: "guestshare run -v /etc/hosts:/etc/hosts:ro . -- ls -l",
    options: [
      {
        flags: "-v, --volume <mount>",
        summary: "share SRC[:DST[:ro|rw]]; may be repeated",
        isRepeated: true,
      },
      {
        flags: "--mount <fields>",
        summary: "share type=bind,source=SRC,target=DST[,readonly]; may be repeated",
        isRepeated: true,
      },
      { flags: "-e, --env <variable>", summary: "set NAME=VALUE; may be repeated", isRepeated: true },
      { flags: "-w, --workdir <directory>", summary: "where the command starts, in the machine" },
      { flags: "--kernel <file>", summary: "the kernel (default: the newest in /boot that has virtiofs)" },
      { flags: "--memory <size>", summary: "the machine's memory, such as 2G (default: 512M)" },
      { flags: "--cpus <count>", summary: "the machine's processors (default: 1)" },
    ],
    load: async () => (await import("../commands/run.ts")).run,
  },
];
