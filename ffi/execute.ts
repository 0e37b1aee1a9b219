import type { Plan, Step } from "../mod.ts";
import { bindSource } from "./linux/bind.ts";
import { makeDirectory, removeDirectory } from "./linux/directory.ts";
import { EOPNOTSUPP } from "./linux/errno.ts";
import { makeGuard } from "./linux/guard.ts";
import type { Host } from "./linux/host.ts";
import { makeHub, makeView } from "./linux/hub.ts";
import type { Lock } from "./linux/lock.ts";
import { removePlaceholder } from "./linux/placeholder.ts";
import { Reach } from "./linux/reach.ts";
import { SyscallError } from "./linux/syscall-error.ts";
import { unmount, unmountGuard } from "./linux/unmount.ts";
import { PlanError, StepError } from "./step-error.ts";

/** Called after each step that was obeyed; `changed` is false where its change was there already. */
export type OnStep = (step: Step, changed: boolean) => void;

/** Obeys plans for one sandbox while its lock is held. */
export class Executor {
  readonly #host: Host;
  readonly #directory: string;
  readonly #reach: Reach;
  #made: boolean;

  constructor(host: Host, directory: string, lock: Lock) {
    this.#host = host;
    this.#directory = directory;
    this.#reach = new Reach(host, lock, directory);
    this.#made = lock.made;
  }

  /**
   * Obeys a plan. One that adds is all or nothing; one that takes away goes on to its end.
   *
   * @throws {StepError} of a plan that adds, after its steps were undone.
   * @throws {PlanError} of a plan that takes away, with every failure.
   */
  execute(plan: Plan, onStep: OnStep): void {
    if (adds(plan)) this.#add(plan.steps, onStep);
    else this.#takeAway(plan.steps, onStep);
  }

  close(): void {
    this.#reach.close();
  }

  #add(steps: readonly Step[], onStep: OnStep): void {
    const done: Step[] = [];
    for (const step of steps) {
      let changed: boolean;
      try {
        changed = this.#obey(step);
      } catch (error) {
        throw new StepError(step, error, this.#undo(done, onStep));
      }
      if (changed) done.push(step);
      tell(onStep, step, changed);
    }
  }

  #undo(done: readonly Step[], onStep: OnStep): StepError[] {
    const undoing = done.toReversed().flatMap(({ undo }) => undo);
    return this.#tryEach(undoing, onStep);
  }

  #takeAway(steps: readonly Step[], onStep: OnStep): void {
    const failures = this.#tryEach(steps, onStep);
    if (failures.length > 0) throw new PlanError(failures);
  }

  #tryEach(steps: readonly Step[], onStep: OnStep): StepError[] {
    const failures: StepError[] = [];
    for (const step of steps) {
      try {
        tell(onStep, step, this.#obey(step));
      } catch (error) {
        failures.push(new StepError(step, error));
      }
    }
    return failures;
  }

  /** Whether the step's change was not there yet. */
  #obey(step: Step): boolean {
    switch (step.op) {
      case "mkdir":
        if (step.path === this.#directory) return this.#takeMade();
        return makeDirectory(this.#host, this.#reach.must(step.path), step.mode);
      case "guard":
        return makeGuard(this.#host, this.#reach.must(step.target));
      case "hub":
        return makeHub(this.#host, this.#reach.must(step.target), step.mode);
      case "view":
        return makeView(this.#host, this.#reach.must(step.source), this.#reach.must(step.target));
      case "bind":
        return bindSource(this.#host, step, this.#reach.must(step.target));
      case "umount":
        return this.#unmount(step.target);
      case "remove":
        return this.#remove(step.path);
      case "copy":
        throw noAgent();
    }
  }

  // Taking the lock made the sandbox's directory; the first plan under this lock answers for it.
  #takeMade(): boolean {
    const made = this.#made;
    this.#made = false;
    return made;
  }

  #unmount(target: string): boolean {
    const place = this.#reach.find(target);
    if (!place) return false;
    this.#reach.forget(target);
    return target === this.#directory ? unmountGuard(this.#host, place) : unmount(this.#host, place);
  }

  #remove(path: string): boolean {
    const place = this.#reach.find(path);
    if (!place) return false;
    this.#reach.forget(path);
    // Placeholders are in the hub. What lies beside it is ours only if it is a directory.
    const isInHub = path.startsWith(`${this.#directory}/mounts/`);
    return isInHub ? removePlaceholder(this.#host, place) : removeDirectory(this.#host, place);
  }
}

// What is done is done, whether it could be told or not.
function tell(onStep: OnStep, step: Step, changed: boolean): void {
  try {
    onStep(step, changed);
  } catch {
    // A logger's own trouble.
  }
}

/** Whether a plan adds; otherwise it takes away. */
export function adds(plan: Plan): boolean {
  return plan.steps.some(({ undo }) => undo.length > 0);
}

/** Why a copy cannot be obeyed. */
export function noAgent(): SyscallError {
  const reason = "nothing is shared with this guest, and there is no agent to copy to";
  return new SyscallError("", EOPNOTSUPP, reason);
}
