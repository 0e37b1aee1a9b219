import type { Agent } from "../agent/agent.ts";
import type { Host } from "../linux/host.ts";
import { CopyError, type CopyItem } from "./copy-error.ts";
import { type CopyResult, Ledger } from "./ledger.ts";
import { Mounts } from "./mounts.ts";
import { type CopyOptions, type CopySettings, settingsOf } from "./options.ts";
import { Sender } from "./sender.ts";

/** What all parts of one copy work with. */
export interface CopySession {
  readonly host: Host;
  readonly mounts: Mounts;
  readonly sender: Sender;
  readonly ledger: Ledger;
  readonly settings: CopySettings;
}

/**
 * Lets `work` copy an item, and gives its result.
 *
 * @throws {TypeError} for paths and options that cannot be.
 * @throws {CopyError} if the work fails, and when the signal is aborted.
 */
export async function inSession(
  host: Host,
  item: CopyItem,
  agent: Agent,
  options: CopyOptions,
  work: (session: CopySession) => Promise<void>,
): Promise<CopyResult> {
  const settings = settingsOf(options);
  checkPaths(item);
  const ledger = new Ledger(options.onProgress ?? (() => {}));
  const sender = new Sender(agent, ledger, settings.window, options);
  const { signal } = options;
  const onAbort = () => sender.abort(item, signal?.reason);
  if (signal?.aborted) onAbort();
  signal?.addEventListener("abort", onAbort);
  try {
    sender.check();
    await work({ host, mounts: new Mounts(host), sender, ledger, settings });
    sender.check();
    return ledger.result;
  } catch (error) {
    const { item: stopped, cause, trouble } = sender.stop(item, error, "host");
    const { result, unfinished } = ledger;
    throw new CopyError(stopped, cause, { trouble, result, unfinished });
  } finally {
    signal?.removeEventListener("abort", onAbort);
    sender.close();
  }
}

function checkPaths({ path, guestPath }: CopyItem): void {
  if (!path.startsWith("/") || /[\0\p{Surrogate}]/u.test(path))
    throw new TypeError(`the source has to be an absolute path, not ${JSON.stringify(path)}`);
  const names = guestPath.split("/").slice(1);
  const isClean = names.every((name) => name !== "" && name !== "." && name !== "..");
  if (!guestPath.startsWith("/") || !isClean || /[\0\p{Surrogate}]/u.test(guestPath))
    throw new TypeError(
      `the guest's path has to be absolute and without ., .. and //, not ${JSON.stringify(guestPath)}`,
    );
}
