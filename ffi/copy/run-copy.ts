import type { Agent } from "../agent/agent.ts";
import type { Host } from "../linux/host.ts";
import { CopyError } from "./copy-error.ts";
import type { CopyItem } from "./copy-item.ts";
import { type CopyResult, Ledger } from "./ledger.ts";
import { Mounts } from "./mounts.ts";
import { type CopyOptions, checkPaths, settingsOf } from "./options.ts";
import { Sender } from "./sender.ts";
import type { TreeTools } from "./tools.ts";

/**
 * Gives some work what it takes to copy an item, and tells what came of it.
 *
 * @throws {TypeError} for paths and options that cannot be.
 * @throws {CopyError} where the work fails, and when the signal is aborted.
 */
export async function runCopy(
  host: Host,
  item: CopyItem,
  agent: Agent,
  options: CopyOptions,
  work: (tools: TreeTools) => Promise<void>,
): Promise<CopyResult> {
  const settings = settingsOf(options);
  checkPaths(item);
  const ledger = new Ledger(options.onProgress ?? (() => {}));
  const sender = new Sender(agent, ledger, settings.window, options);
  const { signal } = options;
  let callOff = () => {};
  const onAbort = () => {
    sender.stop(item, signal?.reason, "aborted");
    callOff = sender.hurry(signal?.reason);
  };
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
    callOff();
  }
}
