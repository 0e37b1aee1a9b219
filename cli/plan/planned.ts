import type { Plan, PlanRequest, Step } from "../../mod.ts";

/** What a step would do now: make something, remove something, or find it as it has to be. */
export type Change = "add" | "remove" | "unchanged";

/** A request with its plan, and what each step of the plan would do now. */
export interface PlannedRequest {
  /** With what was seen of the sources and of the hub. */
  readonly request: PlanRequest;
  readonly plan: Plan;
  /** For each step of the plan. */
  readonly changes: readonly Change[];
}

/** How many steps do what. */
export interface Summary {
  readonly add: number;
  readonly remove: number;
  readonly unchanged: number;
}

export function summaryOf(planned: readonly PlannedRequest[]): Summary {
  const changes = planned.flatMap((one) => one.changes);
  const count = (change: Change) => changes.filter((one) => one === change).length;
  return { add: count("add"), remove: count("remove"), unchanged: count("unchanged") };
}

/** Whether a plan has something to do. */
export function isToDo(planned: readonly PlannedRequest[]): boolean {
  return planned.some(({ changes }) => changes.some((change) => change !== "unchanged"));
}

const removing: ReadonlySet<Step["op"]> = new Set(["umount", "remove", "unuse", "rafsUmount"]);

/** What a step does where nobody has done it yet. */
export function changeOf({ op }: Step): Change {
  return removing.has(op) ? "remove" : "add";
}
