import process from "node:process";
import { openShares } from "../shares/open-shares.ts";
import type { OpenSharesOptions } from "../shares/options.ts";
import type { Shares } from "../shares/shares.ts";
import { runThere, wayToShares } from "./way-to-shares.ts";

/**
 * Gives `work` the shares that another process has opened, such as one of another terminal. Where they are in other namespaces, as an
 * ordinary user's are, this program is started once more in there, with the same command line: call this first, before anything that
 * must not happen twice. The shares that `work` adds stay when this program ends.
 *
 * @throws {SharesError} where they are not open, or cannot be entered.
 *
 * @example
 * ```ts
 * import { enterShares, openShares } from "guestshare/vm";
 *
 * const opened = await openShares({ id: "s1" });
 * await enterShares({ id: "s1" }, async (shares) => {
 *   await shares.add({ source: "/etc/hostname", target: "/etc/hostname", mode: "ro" });
 * });
 * console.log((await opened.list()).length); // 1
 * await opened.close();
 * ```
 */
export async function enterShares(
  options: Omit<OpenSharesOptions, "join">,
  work: (shares: Shares) => Promise<void>,
): Promise<void> {
  const { id } = options;
  const way = await wayToShares(id, options.directory);
  const { directory, command } = way;
  if (command.length === 0) return work(await openShares({ ...options, directory, join: true }));
  process.exitCode = await runThere(id, way);
}
