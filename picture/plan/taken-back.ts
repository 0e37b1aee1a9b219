import type { Plan, PlanRequest } from "../../mod.ts";

interface PlanWithRequest {
  readonly request?: PlanRequest | undefined;
  readonly plan: Plan;
}

/** What later plans took back of a plan: all of it, with its sandbox, or what its container has in the guest. */
export type TakenBack = "all" | "container" | undefined;

/** For each plan what later ones took back of it. */
export function takenBackOf(plans: readonly PlanWithRequest[]): TakenBack[] {
  const sandboxes = new Set<string>();
  const containers = new Set<string>();
  const takenBack: TakenBack[] = [];
  for (let at = plans.length - 1; at >= 0; at -= 1) {
    const { request, plan } = plans[at] as PlanWithRequest;
    const { directory } = plan;
    const container = request && "container" in request ? `${directory}\n${request.container.id}` : "";
    takenBack[at] = sandboxes.has(directory) ? "all" : containers.has(container) ? "container" : undefined;
    if (removesSandbox(plan)) sandboxes.add(directory);
    if (request?.op === "unshareContainer") containers.add(container);
  }
  return takenBack;
}

function removesSandbox({ directory, steps }: Plan): boolean {
  const last = steps.at(-1);
  return last?.op === "remove" && last.path === directory;
}
