import type { Plan, Step } from "../mod.ts";
import { adds, execute, type OnStep } from "./execute.ts";
import type { Host } from "./linux/host.ts";
import { type Lock, takeLock } from "./linux/lock.ts";
import { notPrepared } from "./linux/reach.ts";
import { SyscallError } from "./linux/syscall-error.ts";
import type { Nydusd } from "./nydusd.ts";
import { PlanError, StepError } from "./step-error.ts";
import { noAgent, Steps } from "./steps.ts";

/** A plan that waits for its sandbox's lock. */
export interface Call {
  readonly host: Host;
  readonly nydusd: Nydusd | undefined;
  /** The plan, as far as it does not depend on what the hub holds. Without steps there is nothing to do. */
  readonly plan: Plan;
  /** The plan once the lock is held, where it depends on what the hub holds then. */
  readonly planHeld?: (() => Plan) | undefined;
  /** Whether `plan` is still to be done where the hub cannot be looked at. */
  readonly isWholeWithoutHub?: boolean;
  readonly onStep: OnStep;
  /** How long another process may hold the lock, from now on. */
  readonly lockTimeoutMs: number;
}

interface Waiting {
  readonly call: Call;
  /** When it is tired of waiting for another process, as performance.now() counts. */
  readonly end: number;
  resolve(plan: Plan): void;
  reject(error: unknown): void;
}

// How long calls that wait together may share one hold of the lock, so that other processes get their turn.
const LONGEST_HOLD_MS = 200;

// The calls of this process that wait, by their sandbox's directory: the lock is between processes.
const queues = new Map<string, Waiting[]>();

/**
 * Obeys a call's plan when its turn comes: one after the other in this process, and under the lock of the sandbox. Gives
 * the plan that was obeyed.
 */
export function takeTurn(call: Call): Promise<Plan> {
  const { plan, planHeld } = call;
  if (plan.steps.length === 0 && !planHeld) return Promise.resolve(plan);
  const failure = copyFailure(plan);
  if (failure) return Promise.reject(failure);
  return new Promise((resolve, reject) => {
    const waiting = { call, end: performance.now() + call.lockTimeoutMs, resolve, reject };
    const queue = queues.get(plan.directory);
    if (queue) queue.push(waiting);
    else void serve(plan.directory, [waiting]);
  });
}

async function serve(directory: string, queue: Waiting[]): Promise<void> {
  queues.set(directory, queue);
  await undefined; // calls that are made together come together
  for (let first = queue[0]; first; first = queue[0]) {
    try {
      const { host, plan } = first.call;
      const lock = await takeLock(host.sys, directory, {
        makeMode: makeModeOf(plan),
        timeoutMs: Math.max(0, first.end - performance.now()),
      });
      if (lock) await hold(lock, directory, queue);
      else settleMissing(queue.shift() as Waiting);
    } catch (error) {
      settleFailed(queue.shift() as Waiting, error);
    }
  }
  queues.delete(directory);
}

async function hold(lock: Lock, directory: string, queue: Waiting[]): Promise<void> {
  const { host, nydusd } = (queue[0] as Waiting).call;
  const steps = new Steps(host, directory, lock, nydusd);
  const end = performance.now() + LONGEST_HOLD_MS;
  try {
    while (queue[0]?.call.host === host && queue[0].call.nydusd === nydusd) {
      const next = queue.shift() as Waiting;
      const running = run(steps, next);
      if (running) await running;
      // Behind a removed directory the lock is nobody's; beginning again finds out.
      if (removes(next.call.plan, directory) || performance.now() > end) return;
    }
  } finally {
    steps.close();
    lock.release();
  }
}

function run(steps: Steps, waiting: Waiting): void | Promise<void> {
  const failures: StepError[] = [];
  try {
    const plan = planNow(waiting.call, failures);
    const failure = copyFailure(plan);
    if (failure) throw failure;
    const running = execute(plan, steps, waiting.call.onStep);
    if (running) return finish(running, waiting, plan, failures);
    settle(waiting, plan, failures);
  } catch (error) {
    fail(waiting, error, failures);
  }
}

async function finish(
  running: Promise<void>,
  waiting: Waiting,
  plan: Plan,
  failures: readonly StepError[],
): Promise<void> {
  try {
    await running;
    settle(waiting, plan, failures);
  } catch (error) {
    fail(waiting, error, failures);
  }
}

function settle({ resolve, reject }: Waiting, plan: Plan, failures: readonly StepError[]): void {
  if (failures.length === 0) resolve(plan);
  else reject(new PlanError(failures));
}

function fail({ reject }: Waiting, error: unknown, failures: readonly StepError[]): void {
  reject(error instanceof PlanError ? new PlanError([...failures, ...error.failures]) : error);
}

// Where the hub cannot be looked at, what does not depend on it is still done.
function planNow(call: Call, failures: StepError[]): Plan {
  const { plan, planHeld, isWholeWithoutHub } = call;
  try {
    return planHeld?.() ?? plan;
  } catch (error) {
    if (!(error instanceof SyscallError)) throw error;
    const failure = failureOf(call, error);
    if (!isWholeWithoutHub || failure instanceof StepError) throw failure;
    failures.push(...failure.failures);
    return plan;
  }
}

function copyFailure({ steps }: Plan): StepError | undefined {
  const copy = steps.find(({ op }) => op === "copy");
  return copy && new StepError(copy, noAgent());
}

function makeModeOf({ steps: [first], directory }: Plan): number | undefined {
  return first?.op === "mkdir" && first.path === directory ? first.mode : undefined;
}

function removes(plan: Plan, directory: string): boolean {
  return plan.steps.some((step) => step.op === "remove" && step.path === directory);
}

// Without the sandbox's directory there is nothing to take away, and nowhere to add.
function settleMissing(waiting: Waiting): void {
  const { call, resolve } = waiting;
  if (adds(call.plan)) settleFailed(waiting, notPrepared());
  else resolve(call.plan);
}

function settleFailed({ call, reject }: Waiting, error: unknown): void {
  reject(failureOf(call, error));
}

// What failed before the first step is told with that one.
function failureOf({ plan }: Call, error: unknown): StepError | PlanError {
  const users: Step = { op: "unuse", path: `${plan.directory}/mounts/.users`, undo: [] };
  const [first = users] = plan.steps;
  const failure = new StepError(first, error);
  return adds(plan) ? failure : new PlanError([failure]);
}
