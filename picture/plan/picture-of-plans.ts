import type { Container, Outcome, Plan, PlanRequest } from "../../mod.ts";
import { Sketch } from "../draft/sketch.ts";
import type { Picture } from "../picture.ts";
import { requestToldBy } from "./bare-plan.ts";
import { ContainerRows, type PlannedMount } from "./container-rows.ts";
import { diskAddresses } from "./disk-addresses.ts";
import { placeStep } from "./place-step.ts";
import { placeStorage } from "./place-storage.ts";
import { SandboxRows } from "./sandbox-rows.ts";
import { takenBackOf } from "./taken-back.ts";

/** A plan with its request. */
export interface PlanToDraw {
  /** The request. Without it only what the plan tells by itself is drawn: which mounts there were, and not of what. */
  readonly request?: PlanRequest | undefined;
  /** Its plan. */
  readonly plan: Plan;
}

/**
 * The picture of plans that belong together, in their order: of a sandbox and its containers, or of several sandboxes. It shows what is
 * there after the last one: what a plan takes back has the trait "removed", or is gone with its sandbox. Takes time in proportion to
 * what the plans and requests have.
 *
 * @example
 * ```ts
 * import { loadSync } from "guestshare";
 * import { pictureOfPlans } from "guestshare/picture";
 *
 * const mounts = [{ source: "/etc/hosts", destination: "/etc/hosts", type: "bind", options: ["ro"] }];
 * const container = { id: "web", rootFs: { target: "/run/web" }, mounts };
 * const random = ["0011223344556677"];
 * const request = Object.freeze({ op: "shareContainer", sandbox: { id: "pod" }, container, random });
 * const { columns, curves } = pictureOfPlans([{ request, plan: loadSync().plan(request) }]);
 * console.log(columns.guest.map(({ label }) => label).join(" ")); // pod web / /etc/hosts
 * console.log(curves.length, columns.guest[3]?.traits[0]); // 4 read-only
 * ```
 */
export function pictureOfPlans(plans: readonly PlanToDraw[]): Picture {
  const sketch = new Sketch();
  const sandboxes = new Map<string, SandboxRows>();
  const takenBack = takenBackOf(plans);
  for (const [index, { request, plan }] of plans.entries()) {
    const { directory } = plan;
    if (takenBack[index] === "all") continue;
    const drawn = {
      ...{ request: request ?? requestToldBy(plan), plan, index, isBare: request === undefined },
      isInGuest: takenBack[index] === undefined,
    };
    const rows = sandboxes.get(directory) ?? new SandboxRows(sketch, directory, drawn.request.sandbox);
    sandboxes.set(directory, rows);
    drawPlan(sketch, rows, drawn);
  }
  return sketch.picture();
}

/** A plan, and which one it is. */
interface IndexedPlan {
  readonly request: PlanRequest;
  readonly plan: Plan;
  readonly index: number;
  /** Whether the request is what the plan tells of it. */
  readonly isBare: boolean;
  /** Whether its container was not taken back by a later plan. */
  readonly isInGuest: boolean;
}

function drawPlan(sketch: Sketch, rows: SandboxRows, one: IndexedPlan): void {
  const { request, plan, index, isBare, isInGuest } = one;
  if ("held" in request)
    for (const { name, attributes } of request.held ?? []) rows.held.set(name, attributes);
  if ("container" in request)
    for (const [address, path] of diskAddresses(request.container)) rows.disks.set(address, path);
  for (const step of plan.steps) placeStep(sketch, rows, step);
  if (!isInGuest) return;
  for (const storage of [...(plan.storages ?? []), ...rootStorages(request, plan)])
    placeStorage(sketch, rows, storage);
  if (!("container" in request)) return;
  const container = new ContainerRows(sketch, rows, request.container, isBare ? undefined : index);
  const rootPath =
    plan.rootPath ?? (request.op === "shareRootFilesystem" ? plan.shared?.guestPath : undefined);
  if (rootPath !== undefined)
    container.drawRoot(rootPath, {
      readonlyRootfs: plan.readonlyRootfs === true,
      omitted: plan.rootOmitted ?? plan.shared?.omitted ?? [],
    });
  for (const mount of plannedMounts(request, plan)) container.drawMount(mount);
}

function rootStorages({ op }: PlanRequest, { shared }: Plan) {
  return op === "shareRootFilesystem" ? (shared?.storages ?? []) : [];
}

function plannedMounts(request: PlanRequest, plan: Plan): PlannedMount[] {
  if (request.op === "shareFile")
    return [{ mount: request.mount, requestPath: "mount", shared: plan.shared }];
  return request.op === "shareContainer" ? mountsOf(request.container, plan) : [];
}

function mountsOf({ mounts = [] }: Container, plan: Plan): PlannedMount[] {
  let kept = 0;
  return mounts.map((mount, at) => {
    const outcome = plan.outcomes?.[at];
    const guestMount = isKept(outcome) ? plan.mounts?.[kept] : undefined;
    if (guestMount) kept += 1;
    return { mount, requestPath: `container.mounts[${at}]`, outcome, shared: outcome?.shared, guestMount };
  });
}

// Of these the guest's specification has no mount.
function isKept(outcome: Outcome | undefined): boolean {
  return outcome !== undefined && outcome.kind !== "ignored" && outcome.kind !== "layer";
}
