import { type Core, type PlanRequest, RequestError, type RequestOf } from "../../mod.ts";
import type { Planned } from "./draw.ts";
import { Held } from "./held.ts";

/**
 * What takes back what plans made, in order: the containers that are there, and then their sandboxes. The core plans it, for what the
 * hub has by then. What it refuses is left out.
 */
export function endingOf(core: Core, planned: readonly Planned[]): Planned[] {
  const held = new Held();
  const containers = new Map<string, PlanRequest>();
  const sandboxes = new Map<string, PlanRequest>();
  for (const { request: made, plan } of planned) {
    const { directory } = plan;
    const request = made ?? { op: "prepare", sandbox: sandboxIn(directory) };
    held.add(request, plan);
    const { sandbox } = request;
    sandboxes.set(directory, { op: "cleanup", sandbox });
    if (!("container" in request)) continue;
    const { container } = request;
    const key = `${directory}\n${container.id}`;
    if (request.op === "shareContainer") containers.set(key, { op: "unshareContainer", sandbox, container });
    if (request.op === "unshareContainer") containers.delete(key);
  }
  return [...containers.values(), ...sandboxes.values()].flatMap((request) => ended(core, held, request));
}

function ended(core: Core, held: Held, one: PlanRequest): Planned[] {
  const request = held.seenBy(one);
  try {
    const plan = core.plan(request as RequestOf<PlanRequest["op"]>);
    held.add(request, plan);
    return [{ request, plan, typedAt: { in: "sandbox" } }];
  } catch (error) {
    if (error instanceof RequestError) return [];
    throw error;
  }
}

// Of a plan without its request.
function sandboxIn(directory: string) {
  const end = directory.lastIndexOf("/");
  return { id: directory.slice(end + 1), hostDir: directory.slice(0, end) };
}
