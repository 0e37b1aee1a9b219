import { Buffer } from "node:buffer";
import { posix } from "node:path";
import type { ContainerPlan, OmittedMount, Outcome, Plan, SharedFile } from "../mod.ts";
import { omissionsOf } from "./linux/attach-share.ts";

// Which submounts a share omits is known once its plan was obeyed, and goes into the answer then.

/** The file that a plan shared at a destination, with its omitted submounts; null where the plan shared nothing. */
export function sharedWithOmissions({ shared, steps }: Plan, destination: string): SharedFile | null {
  const bind = steps.find((step) => omissionsOf(step).length > 0);
  if (!shared || !bind) return shared ?? null;
  return Object.freeze({ ...shared, omitted: omittedBelow(bind, destination) });
}

/** A container's plan, with the omitted submounts of its shares. */
export function containerWithOmissions(plan: ContainerPlan): ContainerPlan {
  const binds = plan.steps.filter((step) => omissionsOf(step).length > 0);
  if (binds.length === 0) return plan;
  const outcomes = plan.outcomes.map((outcome): Outcome => {
    const bind = binds.find((step) => step.op === "bind" && step.target === outcome.shared?.hostPath);
    return bind ? Object.freeze({ ...outcome, omitted: omittedBelow(bind, outcome.destination) }) : outcome;
  });
  const places = new Set(plan.outcomes.map(({ shared }) => shared?.hostPath));
  const root = binds.find((step) => step.op === "bind" && !places.has(step.target));
  const rootOmitted = root && omittedBelow(root, "/");
  return Object.freeze({ ...plan, outcomes: Object.freeze(outcomes), ...(rootOmitted && { rootOmitted }) });
}

function omittedBelow(step: object, destination: string): readonly OmittedMount[] {
  const mounts = omissionsOf(step).map(({ relative, filesystem, reason }) => {
    const path = posix.join(destination, Buffer.from(relative, "latin1").toString());
    return Object.freeze({ path, filesystem, reason });
  });
  return Object.freeze(mounts);
}
