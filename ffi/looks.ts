import type { Plan } from "../mod.ts";
import { NotAtHand } from "./linux/at-hand.ts";
import { SourceError } from "./linux/source-error.ts";
import { SyscallError } from "./linux/syscall-error.ts";
import { StepError } from "./step-error.ts";

// How long it counts what was seen of sources: who waits longer for the lock looks again.
const LOOK_LASTS_MS = 100;

/**
 * A second look under the lock, where it is time for one: the path of a source may lead to another file by now. Servers are not
 * asked under the lock, and what cannot be looked at is as it was.
 */
export function lookAgainWith<T>(look: () => T | Promise<T>): (seen: T) => T | Promise<T> {
  const since = performance.now();
  return (seen) => {
    const keep = (error: unknown): T => {
      if (error instanceof NotAtHand || error instanceof SyscallError) return seen;
      throw error;
    };
    if (performance.now() - since < LOOK_LASTS_MS) return seen;
    try {
      const again = look();
      return again instanceof Promise ? again.catch(keep) : again;
    } catch (error) {
      return keep(error);
    }
  };
}

/**
 * What a look gives, at once where it can, so that calls keep their order.
 *
 * @throws {StepError} for a source that cannot be looked at: with its step of the plan, or the first one. Nothing was done.
 */
export function lookWith<T>(planned: () => Plan, look: () => T | Promise<T>): T | Promise<T> {
  const blame = (error: unknown): never => {
    if (!(error instanceof SyscallError)) throw error;
    const path = error instanceof SourceError ? error.path : undefined;
    const { steps } = planned();
    const step = steps.find((one) => "source" in one && one.source === path) ?? steps[0];
    throw step ? new StepError(step, error) : error;
  };
  try {
    const looked = look();
    return looked instanceof Promise ? looked.catch(blame) : looked;
  } catch (error) {
    return blame(error);
  }
}
