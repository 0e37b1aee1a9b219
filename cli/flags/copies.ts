import type { CommandRow, OptionRow } from "../command.ts";

const copyOptions: readonly OptionRow[] = [
  { flags: "--agent <address>", summary: "the guest's agent: vsock://, hvsock:// or unix://" },
  { flags: "--timeout <time>", summary: "how long to wait for the agent (default: 30s)" },
  {
    flags: "--container <id>",
    summary: 'the container that gets the copy (default: that of the bundle, or "default")',
  },
  { flags: "--destination <path>", summary: "where the container has it (default: where the host has it)" },
  { flags: "--random <digits>", summary: "16 hex digits; the same ones lead to the same place in the guest" },
];

/** The commands for guests that share nothing. */
export const copyCommands: readonly CommandRow[] = [
  {
    name: "copy",
    words: "[path]",
    summary: "Copy a file or a directory into a guest, by its agent",
    example: "guestshare copy /srv/config --agent vsock://3:1024",
    options: [
      { flags: "--bundle <directory>", summary: "instead of a path: the mounts of a bundle's container" },
      ...copyOptions,
    ],
    load: async () => (await import("../commands/copy.ts")).copy,
  },
  {
    name: "watch",
    words: "<volume>",
    summary: "Copy a volume that kubelet updates, and keep the guest's copy like it",
    example:
      "guestshare watch /var/lib/kubelet/pods/P/volumes/kubernetes.io~configmap/C --agent vsock://3:1024",
    options: copyOptions,
    load: async () => (await import("../commands/watch.ts")).watch,
  },
];
