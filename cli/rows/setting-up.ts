import type { CommandRow } from "../command.ts";

/** The commands that help to set up a machine and a shell. */
export const settingUpCommands: readonly CommandRow[] = [
  {
    name: "doctor",
    summary: "Say whether this machine can share files, and what to do where it cannot",
    example: "guestshare doctor --host-dir /run/me/sandboxes",
    load: async () => (await import("../commands/doctor.ts")).doctor,
  },
];
