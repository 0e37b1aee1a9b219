import type { CommandRow } from "../command.ts";

/** The commands that explain, and those that help to set up a machine and a shell. */
export const settingUpCommands: readonly CommandRow[] = [
  {
    name: "help",
    words: "[topic]",
    summary: "Say all about a command or another topic; without one, which topics there are",
    example: "guestshare help exit-codes",
    without: ["id", "hostDir"],
    load: async () => (await import("../commands/help.ts")).help,
  },
  {
    name: "doctor",
    summary: "Say whether this machine can share files, and what to do where it cannot",
    example: "guestshare doctor --host-dir /run/me/sandboxes",
    without: ["id"],
    load: async () => (await import("../commands/doctor.ts")).doctor,
  },
  {
    name: "completion",
    words: "<shell>",
    wordChoices: ["bash", "zsh", "fish"],
    summary: "Print a script with which bash, zsh or fish completes the words of this command",
    example: "source <(guestshare completion bash)",
    without: ["id", "hostDir"],
    load: async () => (await import("../commands/completion.ts")).completion,
  },
  {
    name: "complete",
    words: "[words...]",
    isHidden: true,
    summary: "Print what the last word can become; called by the script that completion prints",
    example: "guestshare complete -- list --",
    load: async () => (await import("../commands/completion.ts")).complete,
  },
];
