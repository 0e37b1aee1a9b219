import process from "node:process";
import { openShares } from "../shares/open-shares.ts";
import type { OpenSharesOptions } from "../shares/options.ts";
import type { Shares } from "../shares/shares.ts";
import { SharesError } from "../shares/shares-error.ts";
import { endAs, runAgain } from "./run-again.ts";
import { wayToShares } from "./way-to-shares.ts";

// Handed to the process inside: an id, so that a way that leads elsewhere is not gone again and again.
const ENTERED = "GUESTSHARE_ENTERED";

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
  const { directory, command } = await wayToShares(id, options.directory);
  if (command.length === 0) return work(await openShares({ ...options, directory, join: true }));
  if (process.env[ENTERED] === id) throw new SharesError("not-entered", { id });
  endAs(await runAgain([...command, "env", "-C", process.cwd()], { [ENTERED]: id }));
}
