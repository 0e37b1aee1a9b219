import type { Plan, Step } from "../mod.ts";
import { PlanError, StepError } from "./step-error.ts";
import type { Steps } from "./steps.ts";

/** Called after each step that was obeyed; `changed` is false where its change was there already. It does not throw. */
export type OnStep = (step: Step, changed: boolean) => void;

/**
 * Obeys a plan by the steps of a sandbox whose lock is held. One that adds is all or nothing; one that takes away goes on to
 * its end. A promise where a step has to wait for another process.
 *
 * @throws {StepError} of a plan that adds, after its steps were undone.
 * @throws {PlanError} of a plan that takes away, with every failure.
 */
export function execute(plan: Plan, steps: Steps, onStep: OnStep): void | Promise<void> {
  return drive(adds(plan) ? add(plan, steps, onStep) : takeAway(plan, steps, onStep));
}

// What is done step by step, and stops where a step has to be waited for.
type Work<T> = Generator<Promise<boolean>, T, boolean>;

// Most plans never wait, and are done when this returns.
function drive(work: Work<void>): void | Promise<void> {
  const { done, value } = work.next();
  return done ? undefined : goOn(work, value);
}

async function goOn(work: Work<void>, first: Promise<boolean>): Promise<void> {
  let waiting = first;
  for (;;) {
    const next = await waiting.then(
      (changed) => work.next(changed),
      (error) => work.throw(error),
    );
    if (next.done) return;
    waiting = next.value;
  }
}

function* add(plan: Plan, steps: Steps, onStep: OnStep): Work<void> {
  const done: Step[] = [];
  for (const step of plan.steps) {
    let changed: boolean;
    try {
      const obeyed = steps.obey(step);
      changed = typeof obeyed === "boolean" ? obeyed : yield obeyed;
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
      const obeyed = steps.obey(step);
      onStep(step, typeof obeyed === "boolean" ? obeyed : yield obeyed);
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
