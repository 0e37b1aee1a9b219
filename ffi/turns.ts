import type { Plan, Step } from "../mod.ts";
import { adds, execute, type OnStep } from "./execute.ts";
import type { AskLimits } from "./linux/ask-by-child.ts";
import { NotAtHand } from "./linux/at-hand.ts";
import type { Host } from "./linux/host.ts";
import { type Lock, takeLock } from "./linux/lock.ts";
import { hubIn, USERS } from "./linux/names.ts";
import { notPrepared } from "./linux/reach.ts";
import { SyscallError } from "./linux/syscall-error.ts";
import { WaitedSources } from "./linux/waited-sources.ts";
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
  readonly planHeld?: (() => Plan | Promise<Plan>) | undefined;
  /** Whether `plan` is still to be done where the hub cannot be looked at. */
  readonly isWholeWithoutHub?: boolean | undefined;
  /** Whether it is to be done also where the sandbox lives in another mount namespace. */
  readonly force?: boolean | undefined;
  readonly onStep: OnStep;
  /** How long another process may hold the lock, from now on. */
  readonly lockTimeoutMs: number;
  /** How long the servers of its sources may take to answer. */
  readonly limits: AskLimits;
}

interface Waiting {
  readonly call: Call;
  /** When it is tired of waiting for another process, as performance.now() counts. */
  readonly end: number;
  /** The sources that it had to wait for. */
  waited?: WaitedSources;
  resolve(plan: Plan): void;
  reject(error: unknown): void;
}

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
    enqueue({ call, end: performance.now() + call.lockTimeoutMs, resolve, reject });
  });
}

function enqueue(waiting: Waiting): void {
  const { directory } = waiting.call.plan;
  const queue = queues.get(directory);
  if (queue) queue.push(waiting);
  else void serve(directory, [waiting]);
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
  try {
    const looking = lock.made ? undefined : host.homes.elsewhere(lock);
    const elsewhere = looking && (await looking);
    while (queue[0]?.call.host === host && queue[0].call.nydusd === nydusd) {
      const pause = host.sys.pause();
      if (pause) await pause;
      const next = queue.shift() as Waiting;
      if (elsewhere && !next.call.force) {
        settleFailed(next, elsewhere);
        continue;
      }
      const running = run(steps, next);
      if (running) await running;
      // Behind a removed directory the lock is nobody's; beginning again finds out.
      if (removes(next.call.plan, directory) || lock.isTurnOver()) return;
    }
  } finally {
    steps.close();
    lock.release();
  }
}

// Most calls never wait, and take no promise of their own.
function run(steps: Steps, waiting: Waiting): void | Promise<void> {
  const failures: StepError[] = [];
  steps.begin(waiting.waited);
  try {
    const planned = planNow(waiting.call, failures);
    if (planned instanceof Promise) return finish(planned, steps, waiting, failures);
    const running = obey(planned, steps, waiting);
    if (running)
      return finish(
        running.then(() => planned),
        undefined,
        waiting,
        failures,
      );
    settle(waiting, planned, failures);
  } catch (error) {
    fail(waiting, error, failures);
  }
}

// With steps, the plan is still to be obeyed.
async function finish(
  planning: Promise<Plan>,
  steps: Steps | undefined,
  waiting: Waiting,
  failures: readonly StepError[],
): Promise<void> {
  try {
    const plan = await planning;
    if (steps) await obey(plan, steps, waiting);
    settle(waiting, plan, failures);
  } catch (error) {
    fail(waiting, error, failures);
  }
}

function obey(plan: Plan, steps: Steps, { call }: Waiting): void | Promise<void> {
  const failure = copyFailure(plan);
  if (failure) throw failure;
  return execute(plan, steps, call.onStep);
}

function settle({ resolve, reject, waited }: Waiting, plan: Plan, failures: readonly StepError[]): void {
  waited?.close();
  if (failures.length === 0) resolve(plan);
  else reject(new PlanError(failures));
}

function fail(waiting: Waiting, error: unknown, failures: readonly StepError[]): void {
  if (error instanceof StepError && error.cause instanceof NotAtHand && error.undo.length === 0) {
    void waitForSource(waiting, error.step, error.cause);
    return;
  }
  waiting.waited?.close();
  waiting.reject(error instanceof PlanError ? new PlanError([...failures, ...error.failures]) : error);
}

// A server that may not answer is asked without the lock, and the call comes again when it has answered.
async function waitForSource(waiting: Waiting, step: Step, missing: NotAtHand): Promise<void> {
  const { host, limits } = waiting.call;
  waiting.waited ??= new WaitedSources(host.sys, host.table, limits);
  try {
    await waiting.waited.wait(missing);
    enqueue({ ...waiting, end: performance.now() + waiting.call.lockTimeoutMs });
  } catch (error) {
    waiting.waited.close();
    waiting.reject(new StepError(step, error));
  }
}

function planNow(call: Call, failures: StepError[]): Plan | Promise<Plan> {
  const { plan, planHeld } = call;
  if (!planHeld) return plan;
  try {
    const planned = planHeld();
    return planned instanceof Promise
      ? planned.catch((error) => planWithoutHub(call, error, failures))
      : planned;
  } catch (error) {
    return planWithoutHub(call, error, failures);
  }
}

// Where the hub cannot be looked at, what does not depend on it is still done.
function planWithoutHub(call: Call, error: unknown, failures: StepError[]): Plan {
  if (!(error instanceof SyscallError)) throw error;
  const failure = failureOf(call, error);
  if (!call.isWholeWithoutHub || failure instanceof StepError) throw failure;
  failures.push(...failure.failures);
  return call.plan;
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
  const { call } = waiting;
  if (adds(call.plan)) settleFailed(waiting, notPrepared());
  else settle(waiting, call.plan, []);
}

function settleFailed({ call, reject, waited }: Waiting, error: unknown): void {
  waited?.close();
  reject(failureOf(call, error));
}

// What failed before the first step is told with that one.
function failureOf({ plan }: Call, error: unknown): StepError | PlanError {
  const users: Step = { op: "unuse", path: `${hubIn(plan.directory)}/${USERS}`, undo: [] };
  const [first = users] = plan.steps;
  const failure = new StepError(first, error);
  return adds(plan) ? failure : new PlanError([failure]);
}
