const asRoot = "run it as root, or in namespaces of your own: unshare --user --map-root-user --mount";
const nexts: Readonly<Record<string, string>> = {
  ...{ EPERM: asRoot, EACCES: asRoot },
  EAGAIN: "wait until the other process is done, and run it again",
  EBUSY: "see who holds it: `guestshare list`",
  ENOSPC: "make room: `guestshare gc` finds what dead sandboxes left",
  ENOSYS: "see `guestshare doctor`, which says what this kernel lacks",
  ENOTDIR: "give a directory there",
  EOPNOTSUPP: "see `guestshare doctor`, which says what this machine lacks",
  ETIMEDOUT: "see that the server of the source answers, and run it again",
};

/** Why something failed, as far as errors of the library say it. */
export interface Cause {
  readonly name: string;
  readonly reason?: string;
  /** What is put before a command that has to run in another mount namespace. */
  readonly command?: string;
}

// What the library advises its callers, as commands.
const commands: readonly (readonly [advice: string, next: string])[] = [
  ["call cleanup first", "remove it by `guestshare cleanup --id SANDBOX`, and then share anew"],
  ["call prepare", "prepare it again: `guestshare apply --id SANDBOX`"],
  ["not prepared", "prepare it first: `guestshare apply --id SANDBOX`"],
  [
    "give it to the guest as one",
    "leave it out, and see by `guestshare plan` what is shared then: a runtime gives devices to the guest, by linux.devices of a config.json",
  ],
  ["share what it was made from", "share what it shows: `guestshare list -o target,host-path`"],
];

/** What to do next about an errno, of which a cause and a step may say more. */
export function nextOf(code?: string, cause?: Cause, step?: { readonly source?: string }): string {
  if (cause?.command) return `run it there: ${cause.command} guestshare …`;
  const user = /call it as user (\d+)/.exec(cause?.reason ?? "")?.[1];
  if (user !== undefined)
    return `run it as user ${user}: whoever enters his namespaces runs what he has mounted there`;
  if (cause?.name === "NamespaceError")
    return "run it in that namespace; if that is gone for good, `guestshare cleanup --force` removes the sandbox";
  const known = commands.find(([advice]) => cause?.reason?.includes(advice));
  if (known) return known[1];
  if (code === "ENOENT" && step?.source !== undefined)
    return `make ${JSON.stringify(step.source)}, or correct the path`;
  // "the source is on proc, which shows the host; the guest has its own"
  const [, advice] = cause?.reason?.split("; ") ?? [];
  const said = advice?.startsWith("the guest ") ? `leave it out: ${advice}` : advice;
  return (code && nexts[code]) ?? said ?? "see `guestshare doctor`, which says what this machine lacks";
}
