import { type FoundSandbox, recognise } from "../../table/mod.ts";
import { AT_FDCWD } from "../linux/constants.ts";
import type { Host } from "../linux/host.ts";
import { paced } from "../linux/paced.ts";
import { mountIds } from "../linux/statmount.ts";
import { unlessMissing } from "../linux/syscall-error.ts";
import type { Syscalls } from "../linux/syscalls.ts";
import { directoriesElsewhere, otherTables } from "./other-namespaces.ts";
import { readMount, readTable } from "./read-table.ts";
import { filesOf } from "./sandbox-files.ts";
import type { Suspect } from "./verdict.ts";

/** The sandboxes in a directory, each with what is known of it before anybody judges. */
export async function suspectsIn(host: Host, hostDir: string): Promise<Suspect[]> {
  const found = new Map<string, FoundSandbox>();
  for (const one of recognise(await paced(readTable(host.sys)), { hostDir })) found.set(one.directory, one);
  const files = await paced(filesOf(host.sys, [...found.values()], hostDir));
  const directories = new Set([...found.keys(), ...files.map(({ directory }) => directory)]);
  const empty = new Set([...directories].filter((directory) => !found.has(directory)));
  const others = await otherTables(host.sys);
  const elsewhere = directoriesElsewhere(others, empty);
  return [...directories].sort().map((directory) => ({
    ...{ id: directory.slice(hostDir.length + 1), directory, found: found.get(directory) },
    isElsewhere: elsewhere.has(directory),
    isSeen: found.has(directory) || others.isComplete,
  }));
}

/**
 * One of them as it is now. What has a guard is looked at without the rest of the table: only what is mounted below the guard
 * counts. Of any other, all is looked at again: another namespace may have something mounted in it.
 */
export async function suspectNow(host: Host, hostDir: string, suspect: Suspect): Promise<Suspect> {
  const { directory } = suspect;
  const found = belowGuard(host.sys, hostDir, directory);
  if (found) return { ...suspect, found };
  const again = await suspectsIn(host, hostDir);
  return again.find((one) => one.directory === directory) ?? suspect;
}

function belowGuard(sys: Syscalls, hostDir: string, directory: string): FoundSandbox | undefined {
  const guard = unlessMissing(() => sys.statx(AT_FDCWD, directory));
  if (!guard?.isMountRoot || !guard.hasUniqueMountId) return undefined;
  const ids = [guard.mountId, ...mountIds(sys, guard.mountId)];
  const mounts = ids.flatMap((id) => readMount(sys, id) ?? []);
  const found = recognise(mounts, { hostDir }).find((one) => one.directory === directory);
  return found?.layout === "guestshare" ? found : undefined;
}
