import { setTimeout as wait } from "node:timers/promises";
import type { FoundSandbox } from "../../table/mod.ts";
import { askByChild, UnansweredError } from "../linux/ask-by-child.ts";
import { isLocalType } from "../linux/cached-source.ts";
import { ENOENT } from "../linux/errno.ts";
import type { Machine } from "../linux/machine.ts";
import { MountTable } from "../linux/mount-table.ts";
import { textOf } from "../linux/namespace.ts";
import { unlessOneOf } from "../linux/syscall-error.ts";
import type { Syscalls } from "../linux/syscalls.ts";

const EACCES = 13;
// A server that works has requests waiting, too, but not the same ones for so long.
const PATIENCE_MS = 300;

/**
 * The devices of shares whose FUSE server does not answer: requests wait for it, by what fusectl says, and still do after a while.
 * Nobody asks the server anything for that. Where fusectl is not mounted, nothing is known.
 */
export async function silentDevices(
  sys: Syscalls,
  found: readonly FoundSandbox[],
): Promise<ReadonlySet<string>> {
  const waiting = (devices: Iterable<string>) => new Set([...devices].filter((one) => isWaiting(sys, one)));
  const first = waiting(fuseDevices(found));
  if (first.size === 0) return first;
  await wait(PATIENCE_MS);
  return waiting(first);
}

function fuseDevices(found: readonly FoundSandbox[]): ReadonlySet<string> {
  const devices = new Set<string>();
  for (const { shares } of found)
    for (const { source } of shares)
      if (source.filesystem.startsWith("fuse") && /^fuse(?:blk)?(?:\.|$)/.test(source.filesystem))
        devices.add(source.device);
  return devices;
}

// A connection is called by the minor number of its device.
function isWaiting(sys: Syscalls, device: string): boolean {
  const path = `/sys/fs/fuse/connections/${device.split(":")[1]}/waiting`;
  const count = unlessOneOf([ENOENT, EACCES], () => sys.readFile(path));
  return count !== undefined && Number.parseInt(textOf(count), 10) > 0;
}

/**
 * The devices of shares whose server does not answer a child that looks at one of them: of any filesystem that is not on this machine.
 * The child is killed after that time.
 *
 * @throws {SyscallError} where no child can be started.
 */
export async function unansweredDevices(
  sys: Syscalls,
  found: readonly FoundSandbox[],
  timeoutMs: number,
): Promise<ReadonlySet<string>> {
  const machine = { sys, table: new MountTable(sys) };
  const asked = new Map<string, string>();
  for (const { mount, source } of found.flatMap(({ shares }) => shares))
    if (!isLocalType(source.filesystem) && !asked.has(source.device)) asked.set(source.device, mount.target);
  const silent = await Promise.all(
    [...asked].map(async ([device, path]) => ((await hasAnswered(machine, path, timeoutMs)) ? [] : [device])),
  );
  return new Set(silent.flat());
}

async function hasAnswered(machine: Machine, path: string, timeoutMs: number): Promise<boolean> {
  try {
    await askByChild(machine, path, "stat", { timeoutMs });
    return true;
  } catch (error) {
    if (error instanceof UnansweredError) return false;
    throw error;
  }
}
