import type { Plan, Step } from "../../mod.ts";
import type { MountTable } from "../mount-entry.ts";
import { joinPath, pathBelow, pathsTo } from "../path.ts";
import { Namespace } from "./namespace.ts";
import { type PredictedReason, StepFailure } from "./step-failure.ts";
import { SimulatedSteps } from "./steps.ts";

/** A plan whose effect is to be predicted. */
export interface PlannedSteps extends Pick<Plan, "directory" | "steps"> {
  /** The place of a step that will fail in `steps`: to see what is left then. */
  readonly failsAt?: number | undefined;
}

/** What the table does not tell. */
export interface PredictOptions {
  /** Where links lead to: the real path of a source or of a directory above, by the path that a plan has. */
  readonly realPaths?: Readonly<Record<string, string>> | undefined;
}

/** A step that would fail. One of a plan that adds ends it, and what was done before is undone. */
export interface PredictedFailure {
  /** The place of its plan. */
  readonly plan: number;
  /** Its place in `steps`. */
  readonly step: number;
  /** Why it would fail. */
  readonly reason: PredictedReason;
}

/** What plans make of a mount table. */
export interface Prediction {
  /** With ids, groups and devices that the kernel will call otherwise. */
  readonly mounts: MountTable;
  /** The steps that would fail, in the order of the plans. */
  readonly failures: readonly PredictedFailure[];
}

/**
 * What the mount table will be after plans, performed one after the other. Ids of mounts, peer groups and devices that are
 * yet to be made are not the kernel's; `tableLines` compares without them.
 *
 * Mounts that the kernel keeps locked in a user namespace, and what others mount meanwhile, are not known here.
 *
 * @example
 * ```ts
 * import { load } from "guestshare";
 * import { predict, readMountinfo } from "guestshare/table";
 *
 * const { mounts } = readMountinfo("1 0 254:0 / / rw,relatime - ext4 /dev/vda rw\n");
 * const core = await load();
 * const after = predict(mounts, [core.plan({ op: "prepare", sandbox: { id: "s1", hostDir: "/run/s" } })]);
 * console.log(after.mounts.map(({ target }) => target).join(" ")); // / /run/s/s1 /run/s/s1/mounts /run/s/s1/shared
 * ```
 */
export function predict(
  table: MountTable,
  plans: readonly PlannedSteps[],
  { realPaths = {} }: PredictOptions = {},
): Prediction {
  const namespace = new Namespace(table);
  const realPath = resolverOf(realPaths);
  const failures = plans.flatMap((plan, at) => {
    const steps = new SimulatedSteps(namespace, plan.directory, realPath);
    const failed = isAdding(plan) ? add(plan, steps) : removeAll(plan, steps);
    return failed.map((failure) => ({ plan: at, ...failure }));
  });
  return { mounts: namespace.table, failures };
}

type Failed = Omit<PredictedFailure, "plan">;

// All or nothing.
function add({ steps: list, failsAt }: PlannedSteps, steps: SimulatedSteps): Failed[] {
  const done: Step[] = [];
  for (const [at, step] of list.entries()) {
    const reason = at === failsAt ? "given" : tryStep(step, steps, done);
    if (reason === undefined) continue;
    for (const { undo } of done.toReversed()) for (const back of undo) tryStep(back, steps, []);
    return [{ step: at, reason }];
  }
  return [];
}

// To its end, whatever fails.
function removeAll({ steps: list, failsAt }: PlannedSteps, steps: SimulatedSteps): Failed[] {
  return [...list.entries()].flatMap(([at, step]) => {
    const reason = at === failsAt ? "given" : tryStep(step, steps, []);
    return reason === undefined ? [] : [{ step: at, reason }];
  });
}

function tryStep(step: Step, steps: SimulatedSteps, done: Step[]): PredictedReason | undefined {
  try {
    if (steps.obey(step)) done.push(step);
    return undefined;
  } catch (error) {
    if (error instanceof StepFailure) return error.reason;
    throw error;
  }
}

function isAdding({ steps }: PlannedSteps): boolean {
  return steps.some(({ undo }) => undo.length > 0);
}

// The longest of the paths that one is within decides.
function resolverOf(realPaths: Readonly<Record<string, string>>): (path: string) => string {
  const known = new Map(Object.entries(realPaths));
  if (known.size === 0) return (path) => path;
  return (path) => {
    for (const above of [...pathsTo(path)].toReversed()) {
      const real = known.get(above);
      if (real !== undefined) return joinPath(real, pathBelow(path, above));
    }
    return path;
  };
}
