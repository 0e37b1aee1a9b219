import type { Container, ContainerPlan, ShareContainerRequest } from "../../mod.ts";
import { checkOptionNames } from "../../words/option-names.ts";
import { withFacts } from "../facts.ts";
import { KeptSources } from "../linux/kept-sources.ts";
import { randomHex } from "../linux/random.ts";
import { containerWithOmissions } from "../omitted.ts";
import type { Performer } from "../performer.ts";
import { type ShareContainerOptions, shareContainerNames } from "../share-options.ts";
import { sourceFailure } from "../source-failure.ts";
import { FRESH_MS, planAgain } from "./plan-again.ts";

/** Shares a container: `FilesystemShare.shareContainer`. */
export async function shareContainer(
  performer: Performer,
  container: Container,
  options: ShareContainerOptions,
): Promise<ContainerPlan> {
  checkOptionNames(options, shareContainerNames);
  const { core, host } = performer.opened ?? (await performer.open());
  const { signal } = options;
  const { sandbox } = performer;
  const mounts = Array.isArray(container?.mounts) ? container.mounts : [];
  const random = options.random ?? mounts.map(() => randomHex(host.sys));
  const request: ShareContainerRequest = { op: "shareContainer", sandbox, container, random };
  const failureOf = (error: unknown) => sourceFailure(host, error, () => core.plan(request));
  const kept = new KeptSources(host.sys, { keepMs: FRESH_MS });
  try {
    return await performWithFacts(performer, request, { kept, signal, failureOf });
  } finally {
    kept.close();
  }
}

interface Sharing {
  readonly kept: KeptSources;
  readonly signal: AbortSignal | undefined;
  failureOf(error: unknown): unknown;
}

async function performWithFacts(
  performer: Performer,
  request: ShareContainerRequest,
  { kept, signal, failureOf }: Sharing,
): Promise<ContainerPlan> {
  const { core, host } = performer.opened ?? (await performer.open());
  const { container } = request;
  let seen: ShareContainerRequest;
  let plan: ContainerPlan;
  try {
    const looked = withFacts(host, container, { limits: performer.limits(signal), kept });
    const facts = looked instanceof Promise ? await looked : looked;
    seen = { ...request, container: facts, ...performer.copied() };
    plan = core.plan(seen);
  } catch (error) {
    throw failureOf(error);
  }
  // A copy opens its sources itself, and may take long.
  if (plan.steps.some(({ op }) => op === "copy")) kept.clear();
  const planUnderLock = planAgain(performer, host, {
    ...{ plan, container, known: seen.container, kept, failureOf },
    planWith: (facts, held) => core.plan({ ...seen, container: facts, held }),
  });
  // Where nothing is to be done, nothing that the hub holds changes that.
  const performing = plan.steps.length > 0 ? { planUnderLock, kept, signal } : { signal };
  const copyFor = { containerId: container.id, signal };
  return containerWithOmissions(await performer.perform(host, plan, { ...performing, copyFor }));
}

/** Removes a shared container: `FilesystemShare.unshareContainer`. */
export async function unshareContainer(performer: Performer, container: Container): Promise<void> {
  const { core, host } = performer.opened ?? (await performer.open());
  const request = { op: "unshareContainer", sandbox: performer.sandbox, container } as const;
  const plan = core.plan(request);
  await performer.copies?.stopWatching(container.id);
  const planUnderLock = async () => {
    const held = await performer.hubSharesOf(host, plan.directory, container.id);
    return held.length === 0 ? plan : core.plan({ ...request, held });
  };
  await performer.perform(host, plan, { planUnderLock, isWholeWithoutHub: true });
}
