import type { CallName, Libc } from "../../../ffi/mod.ts";
import { libc } from "../runtimes.ts";

// Those whose failure a step of a plan has. An unmount may be one that undoes, and then something is left.
const mounting: ReadonlySet<CallName> = new Set([
  ...([
    "open_tree",
    "open_tree_attr",
    "move_mount",
    "mount_setattr",
    "fsopen",
    "fsmount",
    "mkdirat",
  ] as const),
]);
const EIO = 5;

/** A libc of which one call that mounts fails, counted from 1. */
export interface FailingMount extends Libc {
  readonly hasFailed: () => boolean;
}

/** The real calls, but this one of those that mount fails. */
export function failingMount(at: number): FailingMount {
  let count = 0;
  const call: Libc["call"] = (...args) => {
    if (!mounting.has(args[0])) return libc.call(...args);
    count += 1;
    return count === at ? -EIO : libc.call(...args);
  };
  return { name: libc.name, call, hasFailed: () => count >= at };
}
