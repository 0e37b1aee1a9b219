import type { Plan } from "../mod.ts";
import { adds, execute, type OnStep } from "./execute.ts";
import type { AskLimits } from "./linux/ask-by-child.ts";
import type { Host } from "./linux/host.ts";
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
export async function obey(call: Call, steps: Steps, waited: WaitedSources | undefined): Promise<Plan> {
  const { plan, planUnderLock, onStep } = call;
  steps.begin(waited);
  if (!planUnderLock) {
    await execute(plan, steps, onStep);
    return plan;
  }
  let current: Plan;
  try {
    current = await planUnderLock();
  } catch (error) {
    if (!(error instanceof SyscallError)) throw error;
    const failure = failureOf(plan, error);
    if (call.isWholeWithoutHub && failure instanceof PlanError) await obeyAfter(failure, call, steps);
    throw failure;
  }
  await execute(current, steps, onStep);
  return current;
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
