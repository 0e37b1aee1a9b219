import { basename } from "node:path";
import { loadSync, type Plan, type PlanRequest, type SharedFile } from "../../mod.ts";
import { digitsIn } from "./digits.ts";
import type { PlannedRequest } from "./planned.ts";

/**
 * A plan that mounts all that its request needs, at the places where it is: a plan that was made beside shares which are there leaves
 * those out.
 */
export function wholePlan({ request, plan }: PlannedRequest): Plan {
  const core = loadSync();
  if (request.op === "shareFile" && request.held) {
    const random = digitsOf(plan.shared) ?? request.random;
    return core.plan({ ...request, random, held: [] });
  }
  if (request.op === "shareContainer" && request.held) return core.plan(wholeRequest(request, plan));
  return plan;
}

type ContainerRequest = PlanRequest & { readonly op: "shareContainer" };

function wholeRequest(request: ContainerRequest, { outcomes = [] }: Plan): ContainerRequest {
  const random = request.random.map((digits, at) => digitsOf(outcomes[at]?.shared) ?? digits);
  return { ...request, random, held: [] };
}

function digitsOf(shared: SharedFile | null | undefined): string | undefined {
  return digitsIn(basename(shared?.guestPath ?? ""));
}
