import type { Plan, Step } from "../mod.ts";
import { PlanError, StepError } from "./step-error.ts";
import type { Steps } from "./steps.ts";

/** Called after each step that was obeyed; `changed` is false where its change was there already. It does not throw. */
export type OnStep = (step: Step, changed: boolean) => void;

/**
 * Obeys a plan by the steps of a sandbox whose lock is held. A plan that adds is all or nothing; one that removes goes on to
 * its end. After many system calls the event loop has its turn, and the lock stays held.
 *
 * @throws {StepError} of a plan that adds, after its steps were undone.
 * @throws {PlanError} of a plan that removes, with every failure.
 */
export async function execute(plan: Plan, steps: Steps, onStep: OnStep): Promise<void> {
  if (adds(plan)) return add(plan, steps, onStep);
  const failures = await tryEach(plan.steps, steps, onStep);
  if (failures.length > 0) throw new PlanError(failures);
}

async function add(plan: Plan, steps: Steps, onStep: OnStep): Promise<void> {
  const done: Step[] = [];
  for (const step of plan.steps) {
    let changed: boolean;
    try {
      const pause = steps.pause();
      if (pause) await pause;
      const obeyed = steps.obey(step);
      changed = typeof obeyed === "boolean" ? obeyed : await obeyed;
    } catch (error) {
      const undoing = done.toReversed().flatMap(({ undo }) => undo);
      throw new StepError(step, error, await tryEach(undoing, steps, onStep));
    }
    if (changed) done.push(step);
    onStep(step, changed);
  }
}

async function tryEach(list: readonly Step[], steps: Steps, onStep: OnStep): Promise<StepError[]> {
  const failures: StepError[] = [];
  for (const step of list) {
    try {
      const pause = steps.pause();
      if (pause) await pause;
      const obeyed = steps.obey(step);
      onStep(step, typeof obeyed === "boolean" ? obeyed : await obeyed);
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
