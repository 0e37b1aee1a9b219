import type { FilesystemShare } from "../../ffi/mod.ts";
import { loadSync, type PlanRequest, type RequestOf } from "../../mod.ts";
import { callOf } from "./call.ts";
import { changeOf, type PlannedRequest } from "./planned.ts";
import type { SeenRequest } from "./planned-shares.ts";

/** Plans requests by what they say alone. Nothing is looked at. */
export function planOffline(requests: readonly PlanRequest[]): PlannedRequest[] {
  const core = loadSync();
  return requests.map((request) => {
    const plan = core.plan(request as RequestOf<PlanRequest["op"]>);
    return { request, plan, changes: plan.steps.map(changeOf) };
  });
}

/** Plans requests as they would be performed now, one after the other. Looks at their sources, and changes nothing. */
export async function planOnline(
  requests: readonly PlanRequest[],
  shareOf: (request: PlanRequest) => FilesystemShare | Promise<FilesystemShare>,
  signal: AbortSignal,
): Promise<PlannedRequest[]> {
  const { PlannedShares } = await import("./planned-shares.ts");
  const shares = new PlannedShares();
  const seen: SeenRequest[] = [];
  for (const request of requests) {
    const { op, args } = callOf(request, signal) ?? refused(request);
    const share = await shareOf(request);
    seen.push(shares.after(await share.plan(op, ...(args as []))));
  }
  const { StepLook } = await import("./look.ts");
  const look = new StepLook();
  return seen.map(({ request, plan }) => ({ request, plan, changes: look.changesOf(plan) }));
}

// What is no operation, the core refuses, with the words that are.
function refused(request: PlanRequest): never {
  loadSync().plan(request as RequestOf<PlanRequest["op"]>);
  throw new TypeError(`there is no operation ${JSON.stringify(request.op)}`);
}
