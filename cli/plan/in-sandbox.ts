import { dirname } from "node:path";
import type { FilesystemShare } from "../../ffi/mod.ts";
import { loadSync, type Sandbox } from "../../mod.ts";
import type { FoundShare } from "../../table/mod.ts";
import { insteadOf, nearestOf } from "../../words/nearest.ts";
import { ExitCode } from "../exit-code.ts";
import { CommandError } from "../failure.ts";

/** Where a sandbox's directory is. */
export function directoryOf(sandbox: Sandbox): string {
  return loadSync().plan({ op: "cleanup", sandbox }).directory;
}

/**
 * What a sandbox shares now.
 *
 * @throws {CommandError} for a sandbox that is not prepared, with the ones that are here.
 * @throws {StepError} for one that lives in another mount namespace.
 */
export async function sharesOf(share: FilesystemShare, sandbox: Sandbox): Promise<readonly FoundShare[]> {
  const { listSandboxes } = await import("../../ffi/mod.ts");
  const hostDir = dirname(directoryOf(sandbox));
  const ids = (await listSandboxes({ hostDir })).map(({ id }) => id);
  if (!ids.includes(sandbox.id)) {
    await share.plan("prepare"); // refused where it lives in another mount namespace
    throw new CommandError({
      what: `Cannot find sandbox ${JSON.stringify(sandbox.id)} in ${JSON.stringify(hostDir)}`,
      why: "it is not prepared; nothing was done",
      next: nextOf(sandbox.id, ids),
      exitCode: ExitCode.failed,
    });
  }
  return share.list();
}

function nextOf(id: string, ids: readonly string[]): string {
  if (ids.length === 0)
    return `prepare it by \`guestshare apply --id ${id}\`, or wait until its machine has started; \`guestshare list --everywhere\` has all that there are`;
  return nearestOf(id, ids) === undefined ? `there are ${ids.join(", ")}` : insteadOf(id, ids);
}

/** The containers that use shares, sorted. */
export function containersOf(shares: readonly FoundShare[]): string[] {
  const names = shares.flatMap(({ container, users = [] }) => [...(container ? [container] : []), ...users]);
  return [...new Set(names)].sort();
}
