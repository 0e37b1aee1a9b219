import type { AgentRequest } from "./call-words.ts";

interface Hint {
  /** What the agent's explanation has, or the trouble that it is about. */
  readonly of: RegExp;
  readonly requests?: readonly AgentRequest[];
  readonly hint: string;
}

// What is known of Kata's agents by running them.
const hints: readonly Hint[] = [
  {
    of: /missing process capabilities/,
    hint: "process.capabilities has to be there, be it empty; ociMessage puts it in",
  },
  {
    of: /InvalidExecId|InitProcessNotFound/,
    hint: "there is no such process, or its end was told already: read its output before that",
  },
  { of: /Invalid ?[Cc]ontainer ?[Ii]d/, hint: "the agent has no container of this id" },
  { of: /exec fifo exists/, hint: "a container has this id already, and the agent has lost it now" },
  {
    of: /Creating container device[\s\S]*(?:EEXIST|File exists)/,
    hint: "a mount is on a device that the agent makes, or an earlier container without a tmpfs on /dev left its devices in the root",
  },
  { of: /namespace does not contain uts/, hint: "a hostname needs a uts namespace; ociMessage puts it in" },
  {
    of: /failed to join pidns/,
    hint: "the container was created with a pid namespace in its list, and the agent adds one itself",
  },
  {
    of: /D-Bus/,
    hint: "the cgroup path has systemd's form, and the guest has no systemd",
  },
  {
    of: /waiting for uevent/i,
    hint: "a disk that was there before the agent: have the guest write add to its uevent",
  },
  {
    of: /setup persistent IPC namespace/,
    hint: "the guest has a sandbox already; all below /run/kata-containers was deleted, through writable shares, too",
  },
  {
    of: /failed to mount .*rootfs/,
    hint: "root.path is to be the plan's rootPath, and the share has to be mounted in the guest",
  },
  {
    of: /ENOENT|No such file or directory/,
    requests: ["createContainer"],
    hint: "the source of a mount is not in the guest, or a terminal has no devpts on the guest's /dev/pts",
  },
  {
    of: /ENOENT|No such file or directory/,
    requests: ["execProcess"],
    hint: "the program or its working directory is not in the container, its first process has ended, or a terminal has no devpts on the guest's /dev/pts",
  },
  // Linux starts nothing in a PID namespace whose first process is gone.
  {
    of: /failed to fork temporary process[\s\S]*ENOMEM/,
    requests: ["execProcess"],
    hint: "the container's first process has ended: nothing more can be started in it",
  },
  {
    of: /no answer within/,
    requests: ["startContainer", "createContainer"],
    hint: "an agent without cgroups, or a container without proc on /proc, never answers, and later containers wait for it",
  },
  {
    of: /no answer within/,
    requests: ["waitProcess"],
    hint: "of a process without arguments, or whose output nobody reads, the end is never told",
  },
];

/** What is known of a failure; empty if nothing is. */
export function hintOf(request: AgentRequest, reason: string): string {
  const found = hints.find(({ of, requests }) => of.test(reason) && (requests?.includes(request) ?? true));
  return found?.hint ?? "";
}
