import type { Plan } from "../mod.ts";
import { Executor, type OnStep } from "./execute.ts";
import { ENOENT, EOPNOTSUPP } from "./linux/errno.ts";
import type { Host } from "./linux/host.ts";
import { type Lock, takeLock } from "./linux/lock.ts";
import { SyscallError } from "./linux/syscall-error.ts";
import { PlanError, StepError } from "./step-error.ts";

/** A plan that waits for its sandbox's lock. */
export interface Call {
  readonly host: Host;
  readonly plan: Plan;
  /** The plan again, once the lock is held, where it depends on what the hub holds then. */
  readonly planHeld?: () => Plan;
  readonly onStep: OnStep;
  readonly lockTimeoutMs: number;
}

interface Waiting extends Call {
  resolve(): void;
  reject(error: unknown): void;
}

// How long calls that wait together may share one hold of the lock, so that other processes get their turn.
const LONGEST_HOLD_MS = 200;

// The calls of this process that wait, by their sandbox's directory: the lock is between processes.
const queues = new Map<string, Waiting[]>();

/** Obeys a call's plan when its turn comes: one after the other in this process, and under the lock of the sandbox. */
export function takeTurn(call: Call): Promise<void> {
  const { plan } = call;
  if (plan.steps.length === 0) return Promise.resolve();
  const copy = plan.steps.find(({ op }) => op === "copy");
  if (copy) return Promise.reject(new StepError(copy, noAgent()));
  return new Promise((resolve, reject) => {
    const waiting = { ...call, resolve, reject };
    const queue = queues.get(plan.directory);
    if (queue) queue.push(waiting);
    else void serve(plan.directory, [waiting]);
  });
}

function noAgent(): SyscallError {
  return new SyscallError(
    "",
    EOPNOTSUPP,
    "nothing is shared with this guest, and there is no agent to copy to",
  );
}

async function serve(directory: string, queue: Waiting[]): Promise<void> {
  queues.set(directory, queue);
  await undefined; // calls that are made together come together
  for (let first = queue[0]; first; first = queue[0]) {
    try {
      const lock = await takeLock(first.host.sys, directory, {
        makeMode: makeModeOf(first.plan),
        timeoutMs: first.lockTimeoutMs,
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
  const { host } = queue[0] as Waiting;
  const executor = new Executor(host, directory, lock);
  const end = performance.now() + LONGEST_HOLD_MS;
  try {
    while (queue[0]?.host === host) {
      const call = queue.shift() as Waiting;
      run(executor, call);
      // Behind a removed directory the lock is nobody's; beginning again finds out.
      if (removes(call.plan, directory) || performance.now() > end) return;
    }
  } finally {
    executor.close();
    lock.release();
  }
}

function run(executor: Executor, call: Waiting): void {
  try {
    executor.execute(call.planHeld?.() ?? call.plan, call.onStep);
    call.resolve();
  } catch (error) {
    call.reject(error);
  }
}

function makeModeOf({ steps: [first], directory }: Plan): number | undefined {
  return first?.op === "mkdir" && first.path === directory ? first.mode : undefined;
}

function removes(plan: Plan, directory: string): boolean {
  return plan.steps.some((step) => step.op === "remove" && step.path === directory);
}

// Without the sandbox's directory there is nothing to take away, and nowhere to add.
function settleMissing(call: Waiting): void {
  if (adds(call.plan))
    settleFailed(call, new SyscallError("openat", ENOENT, "the sandbox is not prepared; call prepare first"));
  else call.resolve();
}

function settleFailed(call: Waiting, error: unknown): void {
  const [first] = call.plan.steps;
  if (!first) {
    call.reject(error);
    return;
  }
  const failure = new StepError(first, error);
  call.reject(adds(call.plan) ? failure : new PlanError([failure]));
}

function adds(plan: Plan): boolean {
  return plan.steps.some(({ undo }) => undo.length > 0);
}
