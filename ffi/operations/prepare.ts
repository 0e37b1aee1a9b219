import { type AgentStorage, loadSync, type Plan, type PlanOf } from "../../mod.ts";
import { checkOptionNames } from "../../words/option-names.ts";
import type { Host } from "../linux/host.ts";
import { pathsInHub } from "../linux/hub-paths.ts";
import { WaitedSources } from "../linux/waited-sources.ts";
import { makerOf } from "../live/maker.ts";
import type { Performer } from "../performer.ts";
import { type CleanupOptions, cleanupNames } from "../share-options.ts";
import { sourceFailure } from "../source-failure.ts";

/** The directory that is exported to the guest: `FilesystemShare.viewPath`. */
export function viewPathOf(performer: Performer): string | undefined {
  return planOf(performer).steps.find((step) => step.op === "view")?.target;
}

/** The tag by which the guest mounts the view: `FilesystemShare.tag`. */
export function tagOf(performer: Performer): string | undefined {
  return planOf(performer).storages.find(({ driver }) => driver === "virtio-fs" || driver === "9p")?.source;
}

function planOf({ opened, sandbox }: Performer): PlanOf<"prepare"> {
  const core = opened?.core ?? loadSync();
  return core.plan({ op: "prepare", sandbox });
}

/** Makes a sandbox's directory ready: `FilesystemShare.prepare`. */
export async function prepare(performer: Performer): Promise<readonly AgentStorage[]> {
  const { core, host } = performer.opened ?? (await performer.open());
  const { sandbox } = performer;
  const plan = core.plan({ op: "prepare", sandbox });
  if (sandbox.sandboxBindMounts?.length) await waitForSources(performer, host, plan);
  await performer.perform(host, plan);
  return plan.storages;
}

// A server that does not answer would make the plan begin anew under the lock.
async function waitForSources(performer: Performer, host: Host, plan: Plan): Promise<void> {
  const sources = plan.steps.flatMap((step) => (step.op === "bind" ? [step.source] : []));
  const waited = new WaitedSources(host.sys, host.table, performer.limits());
  const paths = sources.filter((path) => !waited.isAtHand(path));
  try {
    await waited.wait({ paths, question: "stat" });
  } catch (error) {
    throw sourceFailure(host, error, () => plan);
  } finally {
    waited.close();
  }
}

/** Removes all that was ever mounted for a sandbox: `FilesystemShare.cleanup`. */
export async function cleanup(performer: Performer, options: CleanupOptions): Promise<void> {
  checkOptionNames(options, cleanupNames);
  const { revoke = false, force = false, ifAbandoned = false } = options;
  const { hasNydusd, sandbox } = performer;
  const asksHub = revoke || hasNydusd;
  const { core, host } = performer.opened ?? (await performer.open());
  const request = { op: "cleanup", sandbox } as const;
  const plan = core.plan(request);
  await performer.copies?.end();
  // Cleanup names what only the hub tells: shares that consumers may hold, and containers whose image nydusd has.
  const planUnderLock = async () => {
    if (ifAbandoned && makerOf(host.sys, plan.directory)?.isAlive) return { ...plan, steps: [] };
    if (!asksHub) return plan;
    const paths = await pathsInHub(host, plan.directory);
    return core.plan({
      ...request,
      ...(revoke && { revoke: paths }),
      ...(hasNydusd && { rafs: containersWithImages(paths) }),
    });
  };
  await performer.perform(host, plan, asksHub || ifAbandoned ? { planUnderLock, force } : { force });
}

function containersWithImages(paths: readonly string[]): string[] {
  const images = paths.filter((path) => path.endsWith("/snapshotdir"));
  return images.map((path) => path.slice(0, path.indexOf("/")));
}
