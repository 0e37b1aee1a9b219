import { pid } from "node:process";
import { FilesystemShare } from "../../ffi/mod.ts";
import { loadSync } from "../../mod.ts";
import { sandboxOf } from "./default-directory.ts";
import { checkOpenOptions, type OpenSharesOptions } from "./options.ts";
import { Shares } from "./shares.ts";
import { SharesError } from "./shares-error.ts";

/**
 * Opens shares for a virtual machine: a directory that virtiofsd exports as one device, to which files and directories of this host
 * are added and removed while the machine runs. Disposing takes all of them away. What a process left that was killed
 * is removed first; a process that lives keeps its shares.
 *
 * It takes root, or a user namespace as `inOwnNamespace` makes one.
 *
 * @throws {TypeError} for options that are none.
 * @throws {RequestError} for an id or a directory that the core refuses.
 * @throws {SharesError} where another process has them open, or an ordinary user has no directory.
 * @throws {StepError} for a step that failed, and where the shares are in another mount namespace; nothing is left.
 *
 * @example
 * ```ts
 * import { openShares } from "guestshare/vm";
 *
 * const shares = await openShares({ id: "s1", directory: "/run/guestshare" });
 * const share = await shares.add({ source: "/etc/hostname", target: "/etc/hostname", mode: "ro" });
 * console.log(shares.tag, share.inGuest); // guestshare /run/guestshare/machine%2Fetc%2Fhostname
 * await shares.close();
 * ```
 */
export async function openShares(options: OpenSharesOptions): Promise<Shares> {
  checkOpenOptions(options);
  const { id, directory, join = false, log, libc, signal } = options;
  const sandbox = sandboxOf(id, directory);
  const host = new FilesystemShare(sandbox, { logger: log, libc });
  const plan = loadSync().plan({ op: "prepare", sandbox });
  if (join) await mustBeOpen(host, id);
  else await prepare(host, id);
  return new Shares({ sandbox, host, storages: plan.storages, isJoined: join, signal });
}

async function mustBeOpen(host: FilesystemShare, id: string): Promise<void> {
  await host.plan("prepare"); // refused where they are in another mount namespace
  if (!(await host.maker())) throw new SharesError("not-open", { id });
}

async function prepare(host: FilesystemShare, id: string): Promise<void> {
  const found = await host.maker();
  if (found?.isAlive) throw new SharesError("in-use", { id, process: found.process });
  if (found) await host.cleanup({ ifAbandoned: true });
  await host.prepare();
  // Two that open them at the same time both prepare what one of them made.
  const maker = await host.maker().catch(async (error: unknown) => {
    await host.cleanup();
    throw error;
  });
  if (maker && maker.process !== pid) throw new SharesError("in-use", { id, process: maker.process });
}
