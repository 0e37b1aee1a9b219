import type {
  Container,
  ContainerPlan,
  CopiedSource,
  HeldShare,
  Plan,
  ShareContainerRequest,
  ShareFileRequest,
} from "../mod.ts";
import { mountWithFacts, withFacts } from "./facts.ts";
import { heldIn } from "./linux/held.ts";
import type { Host } from "./linux/host.ts";
import { paced, then } from "./linux/paced.ts";
import { lookAgainWith, lookWith } from "./looks.ts";
import type { Opened } from "./opened.ts";
import type { ShareContainerOptions, ShareFileOptions } from "./operation-options.ts";
import type { Performer } from "./performer.ts";
import { planSeen } from "./planned.ts";

// Shares whose plan depends on what their sources are, and on what the hub holds or the guest has already.

/**
 * Shares a file that containers have together, or copies it. `plain` is its plan without a look at its source. Gives the plan
 * that was obeyed.
 */
export async function shareFileSeen(
  performer: Performer,
  { core, host }: Opened,
  request: ShareFileRequest,
  plain: Plan,
  { together = false, signal }: ShareFileOptions,
): Promise<Plan> {
  const { container, mount } = request;
  const planPlain = () => plain;
  const looked = lookWith(planPlain, () =>
    mountWithFacts(host, mount, performer.limits(signal), container.bundle),
  );
  const seen = {
    ...request,
    mount: looked instanceof Promise ? await looked : looked,
    ...copiedBy(performer),
  };
  const lookAgain = lookAgainWith(() => mountWithFacts(host, mount, undefined, container.bundle));
  const planWith = (held: HeldShare[], now = seen.mount) =>
    planSeen(host, () => core.plan(together ? { ...seen, mount: now, held } : seen), planPlain);
  const planHeld = () =>
    then(lookAgain(seen.mount), (now) =>
      then(heldShares(host, plain.directory), (held) => planWith(held, now)),
    );
  const copyFor = { containerId: container.id, signal };
  return performer.perform(host, planWith([]), { copyFor, signal, ...(together && { planHeld }) });
}

/** Shares a container. Gives the plan that was obeyed. */
export async function shareContainerSeen(
  performer: Performer,
  { core, host }: Opened,
  request: ShareContainerRequest,
  { signal }: ShareContainerOptions,
): Promise<ContainerPlan> {
  const { container } = request;
  const planUnseen = () => core.plan(request);
  const looked = lookWith(planUnseen, () => withFacts(host, container, performer.limits(signal)));
  const seen = {
    ...request,
    container: looked instanceof Promise ? await looked : looked,
    ...copiedBy(performer),
  };
  const plan = planSeen(host, () => core.plan(seen), planUnseen);
  const lookAgain = lookAgainWith(() => withFacts(host, container));
  const planWith = (held: HeldShare[], now: Container) =>
    now === seen.container && held.length === 0
      ? plan
      : planSeen(host, () => core.plan({ ...seen, container: now, held }), planUnseen);
  const planNow = () =>
    then(lookAgain(seen.container), (now) =>
      then(heldShares(host, plan.directory), (held) => planWith(held, now)),
    );
  // Without a step of its own, nothing that the hub holds gives it one.
  const planHeld = plan.steps.length > 0 ? planNow : undefined;
  const copyFor = { containerId: container.id, signal };
  return (await performer.perform(host, plan, { planHeld, copyFor, signal })) as ContainerPlan;
}

// What the guest has of copies that containers have together.
function copiedBy({ copies }: Performer): { copied?: readonly CopiedSource[] } {
  const copied = copies?.copied ?? [];
  return copied.length === 0 ? {} : { copied };
}

/** What the hub of a sandbox's directory holds for several containers. The core is the judge of its words. */
export function heldShares(host: Host, directory: string): HeldShare[] | Promise<HeldShare[]> {
  return paced(heldIn(host, directory)) as HeldShare[] | Promise<HeldShare[]>;
}
