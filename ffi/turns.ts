import type { Plan, Step } from "../mod.ts";
import { adds, Executor, noAgent, type OnStep } from "./execute.ts";
import type { Host } from "./linux/host.ts";
import { type Lock, takeLock } from "./linux/lock.ts";
import { notPrepared } from "./linux/reach.ts";
import { PlanError, StepError } from "./step-error.ts";

/** A plan that waits for its sandbox's lock. */
export interface Call {
  readonly host: Host;
  readonly plan: Plan;
  /** The plan again, once the lock is held, where it depends on what the hub holds then. */
  readonly planHeld?: () => Plan;
  readonly onStep: OnStep;
  /** How long another process may hold the lock, from now on. */
  readonly lockTimeoutMs: number;
}

interface Waiting {
  readonly call: Call;
  /** When it is tired of waiting for another process, as performance.now() counts. */
  readonly end: number;
  resolve(): void;
  reject(error: unknown): void;
}

// How long calls that wait together may share one hold of the lock, so that other processes get their turn.
const LONGEST_HOLD_MS = 200;

// The calls of this process that wait, by their sandbox's directory: the lock is between processes.
const queues = new Map<string, Waiting[]>();

/** Obeys a call's plan when its turn comes: one after the other in this process, and under the lock of the sandbox. */
export function takeTurn(call: Call): Promise<void> {
  const { directory, steps } = call.plan;
  const [first] = steps;
  if (first === undefined) return Promise.resolve();
  if (first.op === "copy") return Promise.reject(new StepError(first, noAgent()));
  return new Promise((resolve, reject) => {
    const waiting = { call, end: performance.now() + call.lockTimeoutMs, resolve, reject };
    const queue = queues.get(directory);
    if (queue) queue.push(waiting);
    else void serve(directory, [waiting]);
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
      if (lock) hold(lock, directory, queue);
      else settleMissing(queue.shift() as Waiting);
    } catch (error) {
      settleFailed(queue.shift() as Waiting, error);
    }
  }
  queues.delete(directory);
}

function hold(lock: Lock, directory: string, queue: Waiting[]): void {
  const { host } = (queue[0] as Waiting).call;
  const executor = new Executor(host, directory, lock);
  const end = performance.now() + LONGEST_HOLD_MS;
  try {
    while (queue[0]?.call.host === host) {
      const next = queue.shift() as Waiting;
      run(executor, next);
      // Behind a removed directory the lock is nobody's; beginning again finds out.
      if (removes(next.call.plan, directory) || performance.now() > end) return;
    }
  } finally {
    executor.close();
    lock.release();
  }
}

function run(executor: Executor, { call, resolve, reject }: Waiting): void {
  const failures: StepError[] = [];
  const plan = planNow(call, failures);
  try {
    executor.execute(plan, call.onStep);
  } catch (error) {
    if (!(error instanceof PlanError)) {
      reject(error);
      return;
    }
    failures.push(...error.failures);
  }
  if (failures.length === 0) resolve();
  else reject(new PlanError(failures));
}

// Where the hub cannot be looked at, what does not depend on it is still done.
function planNow({ plan, planHeld }: Call, failures: StepError[]): Plan {
  try {
    return planHeld?.() ?? plan;
  } catch (error) {
    failures.push(new StepError(plan.steps[0] as Step, error));
    return plan;
  }
}

function makeModeOf({ steps: [first], directory }: Plan): number | undefined {
  return first?.op === "mkdir" && first.path === directory ? first.mode : undefined;
}

function removes(plan: Plan, directory: string): boolean {
  return plan.steps.some((step) => step.op === "remove" && step.path === directory);
}

// Without the sandbox's directory there is nothing to take away, and nowhere to add.
function settleMissing(waiting: Waiting): void {
  if (adds(waiting.call.plan)) settleFailed(waiting, notPrepared());
  else waiting.resolve();
}

function settleFailed({ call, reject }: Waiting, error: unknown): void {
  const failure = new StepError(call.plan.steps[0] as Step, error);
  reject(adds(call.plan) ? failure : new PlanError([failure]));
}
