import type { Plan, Step } from "../mod.ts";
import { adds, type Call, failureOf, obey } from "./execute.ts";
import { NotAtHand } from "./linux/cached-source.ts";
import { type Lock, takeLock } from "./linux/lock.ts";
import { notPrepared } from "./linux/reach-target.ts";
import { WaitedSources } from "./linux/waited-sources.ts";
import { noAgent, StepError } from "./step-error.ts";
import { Steps } from "./steps.ts";

interface PendingCall {
  readonly call: Call;
  /** When the call gives up waiting for another process, as performance.now() counts. */
  readonly endMs: number;
  /** The sources that the call had to wait for. */
  waited: WaitedSources | undefined;
  /** The call behind it in the queue. */
  next: PendingCall | undefined;
  resolve(plan: Plan): void;
  reject(error: unknown): void;
}

// Pending calls in their order: each knows the next one. Taking the first one off an array of a thousand costs a third of a
// microsecond more.
class CallQueue {
  first: PendingCall | undefined;
  #newest: PendingCall | undefined;

  add(pending: PendingCall): void {
    if (this.first) (this.#newest as PendingCall).next = pending;
    else this.first = pending;
    this.#newest = pending;
  }

  take(): PendingCall {
    const taken = this.first as PendingCall;
    this.first = taken.next;
    return taken;
  }
}

// The pending calls of this process, by their sandbox's directory. The lock is between processes.
const queues = new Map<string, CallQueue>();

/**
 * Obeys a call's plan when its turn comes: one after the other in this process, and under the lock of the sandbox. Gives
 * the plan that was obeyed.
 */
export function takeTurn(call: Call): Promise<Plan> {
  const { plan, planUnderLock } = call;
  if (plan.steps.length === 0 && !planUnderLock) return Promise.resolve(plan);
  const copy = plan.steps.find(({ op }) => op === "copy");
  if (copy) return Promise.reject(new StepError(copy, noAgent()));
  return new Promise((resolve, reject) => {
    const endMs = performance.now() + call.lockTimeoutMs;
    enqueue({ call, endMs, waited: undefined, next: undefined, resolve, reject });
  });
}

function enqueue(pending: PendingCall): void {
  const { directory } = pending.call.plan;
  const queue = queues.get(directory) ?? new CallQueue();
  queue.add(pending);
  if (queues.has(directory)) return;
  queues.set(directory, queue);
  void serve(directory, queue);
}

async function serve(directory: string, queue: CallQueue): Promise<void> {
  await undefined; // calls that are made together share one hold of the lock
  for (let first = queue.first; first; first = queue.first) {
    try {
      const { host, plan } = first.call;
      const lock = await takeLock(host.sys, directory, {
        makeMode: makeModeOf(plan),
        timeoutMs: Math.max(0, first.endMs - performance.now()),
      });
      if (lock) await serveUnderLock(lock, directory, queue);
      else settleWithoutDirectory(queue.take());
    } catch (error) {
      rejectUnbegun(queue.take(), error);
    }
  }
  queues.delete(directory);
}

async function serveUnderLock(lock: Lock, directory: string, queue: CallQueue): Promise<void> {
  const { host, nydusd } = (queue.first as PendingCall).call;
  const steps = new Steps(host, directory, lock, nydusd);
  try {
    const elsewhere = lock.made ? undefined : await host.namespaces.elsewhere(lock);
    while (queue.first?.call.host === host && queue.first.call.nydusd === nydusd) {
      const pause = host.sys.pause();
      if (pause) await pause;
      const next = queue.take();
      if (elsewhere && !next.call.force) {
        rejectUnbegun(next, elsewhere);
        continue;
      }
      // Nothing is awaited after a call was settled: its caller goes on when the lock is released.
      try {
        // Most calls never wait, and a promise for each would cost more than their planning.
        const obeyed = obey(next.call, steps, next.waited);
        resolve(next, obeyed instanceof Promise ? await obeyed : obeyed);
      } catch (error) {
        retryOrReject(next, error);
      }
      // Behind a removed directory the lock is nobody's; beginning again finds out.
      if (removes(next.call.plan, directory) || lock.isTurnOver()) return;
    }
  } finally {
    steps.close();
    lock.release();
  }
}

function resolve({ resolve, waited }: PendingCall, plan: Plan): void {
  waited?.close();
  resolve(plan);
}

function reject({ reject, waited }: PendingCall, error: unknown): void {
  waited?.close();
  reject(error);
}

function retryOrReject(pending: PendingCall, error: unknown): void {
  if (error instanceof StepError && error.cause instanceof NotAtHand && error.undo.length === 0)
    void retryWhenAnswered(pending, error.step, error.cause);
  else reject(pending, error);
}

// A server that may not answer is asked without the lock, and the call comes again when the server has answered.
async function retryWhenAnswered(pending: PendingCall, step: Step, missing: NotAtHand): Promise<void> {
  const { host, limits, lockTimeoutMs } = pending.call;
  pending.waited ??= new WaitedSources(host.sys, host.table, limits);
  try {
    await pending.waited.wait(missing);
    enqueue({ ...pending, endMs: performance.now() + lockTimeoutMs, next: undefined });
  } catch (error) {
    reject(pending, new StepError(step, error));
  }
}

// Without the sandbox's directory there is nothing to remove, and nowhere to add.
function settleWithoutDirectory(pending: PendingCall): void {
  const { plan } = pending.call;
  if (adds(plan)) rejectUnbegun(pending, notPrepared());
  else resolve(pending, plan);
}

function rejectUnbegun(pending: PendingCall, error: unknown): void {
  reject(pending, failureOf(pending.call.plan, error));
}

function makeModeOf({ steps: [first], directory }: Plan): number | undefined {
  return first?.op === "mkdir" && first.path === directory ? first.mode : undefined;
}

function removes(plan: Plan, directory: string): boolean {
  return plan.steps.some((step) => step.op === "remove" && step.path === directory);
}
