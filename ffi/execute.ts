import type { Plan, Step } from "../mod.ts";
import type { AskLimits } from "./linux/ask-by-child.ts";
import type { Host } from "./linux/host.ts";
import type { KeptSources } from "./linux/kept-sources.ts";
import { paced, type Work } from "./linux/paced.ts";
import { SyscallError } from "./linux/syscall-error.ts";
import type { WaitedSources } from "./linux/waited-sources.ts";
import type { Nydusd } from "./nydusd.ts";
import { PlanError, StepError } from "./step-error.ts";
import type { Steps } from "./steps.ts";

/** A plan that needs its sandbox's lock. */
export interface Call {
  readonly host: Host;
  readonly nydusd: Nydusd | undefined;
  /** The plan, as far as it does not depend on what the hub holds. Without steps there is nothing to do. */
  readonly plan: Plan;
  /** Makes the plan anew while the lock is held, where it depends on what the hub holds then. */
  readonly planUnderLock?: (() => Promise<Plan>) | undefined;
  /** The plan's sources that are still open from the look at them. */
  readonly kept?: KeptSources | undefined;
  /** Whether `plan` is still to be done where the hub cannot be looked at. */
  readonly isWholeWithoutHub?: boolean | undefined;
  /** Whether the plan is to be done also where the sandbox lives in another mount namespace. */
  readonly force?: boolean | undefined;
  readonly onStep: OnStep;
  /** How long another process may hold the lock, from now on. */
  readonly lockTimeoutMs: number;
  /** How long the servers of the plan's sources may take to answer. */
  readonly limits: AskLimits;
}

/**
 * Obeys a call's plan while the lock is held. Gives the plan that was obeyed.
 *
 * @throws {StepError | PlanError} for the steps that failed.
 */
export function obey(call: Call, steps: Steps, waited: WaitedSources | undefined): Plan | Promise<Plan> {
  const { plan, planUnderLock, kept, onStep } = call;
  steps.begin(waited, kept);
  return planUnderLock ? planAndObey(call, planUnderLock, steps) : execute(plan, steps, onStep);
}

async function planAndObey(call: Call, planUnderLock: () => Promise<Plan>, steps: Steps): Promise<Plan> {
  let plan: Plan;
  try {
    plan = await planUnderLock();
  } catch (error) {
    if (!(error instanceof SyscallError)) throw error;
    const failure = failureOf(call.plan, error);
    if (call.isWholeWithoutHub && failure instanceof PlanError) await obeyAfter(failure, call, steps);
    throw failure;
  }
  return execute(plan, steps, call.onStep);
}

// Where the hub cannot be looked at, what does not depend on it is still done.
async function obeyAfter({ failures }: PlanError, { plan, onStep }: Call, steps: Steps): Promise<void> {
  try {
    await execute(plan, steps, onStep);
  } catch (error) {
    throw error instanceof PlanError ? new PlanError([...failures, ...error.failures]) : error;
  }
}

/** A failure before the first step is reported with that step. Where a plan has no step, there is none to blame. */
export function failureOf(plan: Plan, error: unknown): unknown {
  const [first] = plan.steps;
  if (!first) return error;
  const failure = new StepError(first, error);
  return adds(plan) ? failure : new PlanError([failure]);
}

/** Called after each step that was obeyed; `changed` is false where its change was there already. It does not throw. */
export type OnStep = (step: Step, changed: boolean) => void;

/**
 * Obeys a plan by the steps of a sandbox whose lock is held. A plan that adds is all or nothing; one that removes goes on to
 * its end. Gives the plan. After many system calls the event loop has its turn, and the lock stays held.
 *
 * @throws {StepError} of a plan that adds, after its steps were undone.
 * @throws {PlanError} of a plan that removes, with every failure.
 */
export function execute(plan: Plan, steps: Steps, onStep: OnStep): Plan | Promise<Plan> {
  return paced(adds(plan) ? add(plan, steps, onStep) : remove(plan, steps, onStep));
}

// So many steps are worth a look at what can be done at once.
const MANY_STEPS = 128;

function* remove(plan: Plan, steps: Steps, onStep: OnStep): Work<Plan> {
  if (plan.steps.length >= MANY_STEPS) yield steps.prepareRemoval(plan.steps);
  const failures = yield* tryEach(plan.steps, steps, onStep);
  if (failures.length > 0) throw new PlanError(failures);
  return plan;
}

function* add(plan: Plan, steps: Steps, onStep: OnStep): Work<Plan> {
  const done: Step[] = [];
  for (const step of plan.steps) {
    let changed: boolean;
    try {
      const pause = steps.pause();
      if (pause) yield pause;
      const obeyed = steps.obey(step);
      changed = typeof obeyed === "boolean" ? obeyed : ((yield obeyed) as boolean);
    } catch (error) {
      const undoing = done.toReversed().flatMap(({ undo }) => undo);
      throw new StepError(step, error, yield* tryEach(undoing, steps, onStep));
    }
    if (changed) done.push(step);
    onStep(step, changed);
  }
  return plan;
}

function* tryEach(list: readonly Step[], steps: Steps, onStep: OnStep): Work<StepError[]> {
  const failures: StepError[] = [];
  for (const step of list) {
    try {
      const pause = steps.pause();
      if (pause) yield pause;
      const obeyed = steps.obey(step);
      onStep(step, typeof obeyed === "boolean" ? obeyed : ((yield obeyed) as boolean));
    } catch (error) {
      failures.push(new StepError(step, error));
    }
  }
  return failures;
}

/** Whether a plan adds; otherwise it removes. */
export function adds(plan: Plan): boolean {
  return plan.steps.some(({ undo }) => undo.length > 0);
}
