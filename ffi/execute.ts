import type { Plan, Step } from "../mod.ts";
import { paced, type Work } from "./linux/paced.ts";
import { PlanError, StepError } from "./step-error.ts";
import type { Steps } from "./steps.ts";

/** Called after each step that was obeyed; `changed` is false where its change was there already. It does not throw. */
export type OnStep = (step: Step, changed: boolean) => void;

/**
 * Obeys a plan by the steps of a sandbox whose lock is held. One that adds is all or nothing; one that takes away goes on to
 * its end. A promise where a step has to wait for another process, or where there are many steps: the event
 * loop has its turns between them, and the lock stays held.
 *
 * @throws {StepError} of a plan that adds, after its steps were undone.
 * @throws {PlanError} of a plan that takes away, with every failure.
 */
export function execute(plan: Plan, steps: Steps, onStep: OnStep): void | Promise<void> {
  return paced(adds(plan) ? add(plan, steps, onStep) : takeAway(plan, steps, onStep));
}

function* add(plan: Plan, steps: Steps, onStep: OnStep): Work<void> {
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
}

function* takeAway(plan: Plan, steps: Steps, onStep: OnStep): Work<void> {
  const failures = yield* tryEach(plan.steps, steps, onStep);
  if (failures.length > 0) throw new PlanError(failures);
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

/** Whether a plan adds; otherwise it takes away. */
export function adds(plan: Plan): boolean {
  return plan.steps.some(({ undo }) => undo.length > 0);
}
