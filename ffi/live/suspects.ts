import { type FoundSandbox, recognise } from "../../table/mod.ts";
import { AT_FDCWD } from "../linux/constants.ts";
import type { Host } from "../linux/host.ts";
import { paced } from "../linux/paced.ts";
import { mountIds } from "../linux/statmount.ts";
import { unlessMissing } from "../linux/syscall-error.ts";
import type { Syscalls } from "../linux/syscalls.ts";
import { isFreeOfMounts } from "./mounts-inside.ts";
import { usedElsewhere } from "./other-namespaces.ts";
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
  const elsewhere = await usedElsewhere(host.sys, hostDir, empty);
  return [...directories].sort().map((directory) => ({
    ...{ id: directory.slice(hostDir.length + 1), directory, found: found.get(directory) },
    isElsewhere: elsewhere.directories.has(directory),
    isSeen: found.has(directory) || elsewhere.isComplete,
  }));
}

/**
 * One of them as it is now, whatever else is mounted: each of thousands is looked at once more before it is removed. Of what has a guard,
 * only what is mounted below that counts. Of a directory in which nothing is mounted, other namespaces are asked, which may have something
 * there. Of any other, all is looked at again.
 */
export async function suspectNow(host: Host, hostDir: string, suspect: Suspect): Promise<Suspect> {
  const { directory } = suspect;
  const found = belowGuard(host.sys, hostDir, directory);
  if (found) return { ...suspect, found };
  if (isFreeOfMounts(host.sys, directory)) {
    const { directories, isComplete } = await usedElsewhere(host.sys, hostDir, new Set([directory]));
    return { ...suspect, found: undefined, isElsewhere: directories.has(directory), isSeen: isComplete };
  }
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
