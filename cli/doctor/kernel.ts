import { getSystemErrorName } from "node:util";
import type { Argument, CallName, Libc } from "../../ffi/mod.ts";
import { bad, type Check, note, ok } from "./check.ts";
import { fileText } from "./files.ts";

const EPERM = 1;
const ENOSYS = 38;
const FSOPEN_CLOEXEC = 1;
// FAN_CLOEXEC | FAN_NONBLOCK | FAN_REPORT_MNT
const FAN_MOUNTS = 0x4003;

/** The kernel's version: whether it is late enough. */
export function checkKernel(): Check {
  const version = fileText("/proc/sys/kernel/osrelease")?.trim() ?? "of unknown version";
  const [major = 0, minor = 0] = version.split(/[.-]/).map(Number);
  const found = `Linux ${version}`;
  const isLate = major > 5 || (major === 5 && minor >= 12);
  return isLate ? ok("kernel", found) : bad("kernel", found, "use Linux 5.12 or later");
}

interface Probe {
  readonly call: CallName;
  /** With these it changes nothing. */
  readonly args: readonly Argument[];
  readonly since: string;
  /** What there is less without it; of one without which nothing is shared, nothing. */
  readonly without?: string;
}

const empty = new Uint8Array(1);
const bytes = (count: number) => new Uint8Array(count);

const probes: readonly Probe[] = [
  { call: "open_tree", args: [-1, empty, 0], since: "5.2" },
  { call: "move_mount", args: [-1, empty, -1, empty, 0], since: "5.2" },
  { call: "fsopen", args: [empty, 0], since: "5.2" },
  { call: "fsmount", args: [-1, 0, 0], since: "5.2" },
  { call: "openat2", args: [-1, empty, bytes(24), 24], since: "5.6" },
  { call: "mount_setattr", args: [-1, empty, 0, bytes(32), 32], since: "5.12" },
  {
    ...{ call: "listmount", args: [bytes(24), bytes(8), 1, 0], since: "6.8" },
    without: "the mount table is read as text, which takes longer",
  },
  {
    ...{ call: "statmount", args: [bytes(24), bytes(512), 512, 0], since: "6.8" },
    without: "the mount table is read as text, which takes longer",
  },
];

/** The system calls for mounts: whether the kernel has them. None of these calls changes anything. */
export function checkCalls(libc: Libc): Check[] {
  const missing = probes.filter(({ call, args }) => libc.call(call, ...args) === -ENOSYS);
  const [needed] = missing.filter(({ without }) => without === undefined);
  const names = missing.map(({ call, since }) => `${call} (Linux ${since})`).join(", ");
  const all = probes.map(({ call }) => call).join(", ");
  if (needed)
    return [
      bad("mount calls", `there is no ${names}`, "use Linux 5.12 or later, or let the filter pass them"),
    ];
  const [lesser] = missing;
  if (lesser) return [note("mount calls", `there is no ${names}`, `nothing: ${lesser.without}`)];
  return [ok("mount calls", all), checkFollowing(libc)];
}

function checkFollowing(libc: Libc): Check {
  const fd = libc.call("fanotify_init", FAN_MOUNTS, 0);
  if (fd < 0)
    return note(
      "mount events",
      "the kernel tells of none",
      "nothing: `follow` compares mount tables twice a second",
    );
  libc.call("close", fd);
  return ok("mount events", "the kernel tells of them, for `follow`");
}

/** Whether this user may mount: a tmpfs is opened that is mounted nowhere. */
export function checkMounting(libc: Libc): Check {
  const fd = libc.call("fsopen", new TextEncoder().encode("tmpfs\0"), FSOPEN_CLOEXEC);
  if (fd >= 0) {
    libc.call("close", fd);
    return ok("privileges", "this user may mount");
  }
  if (fd !== -EPERM)
    return bad("privileges", `no tmpfs can be mounted: ${getSystemErrorName(fd)}`, "see fsopen(2)");
  if (hasSysAdmin())
    return bad(
      "privileges",
      "this user has CAP_SYS_ADMIN, and something refuses mounts all the same",
      "look for a filter of system calls (seccomp) or a security module that forbids mounts",
    );
  return bad(
    "privileges",
    "this user may not mount",
    "run it as root, or in a user namespace of your own: `unshare -rm`, and with a --host-dir that you may write to",
  );
}

function hasSysAdmin(): boolean {
  const [, digits = "0"] = /^CapEff:\s*([0-9a-f]+)$/m.exec(fileText("/proc/self/status") ?? "") ?? [];
  return (BigInt(`0x${digits}`) >> 21n) % 2n === 1n;
}
