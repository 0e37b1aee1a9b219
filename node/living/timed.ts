import type { NriHandlers } from "../../ffi/nri/mod.ts";
import type { DurationCounter } from "../monitor/duration-counter.ts";

type Handler = (...args: unknown[]) => unknown;

/** The same handlers, whose durations are counted: the runtime waits for each. That of the state is not waited for, and is left out. */
export function timed(handlers: NriHandlers, durations: DurationCounter): NriHandlers {
  const rows = Object.entries(handlers).map(([name, handler]) => [
    name,
    handler === undefined || name === "synchronize" ? handler : timedOne(handler as Handler, durations),
  ]);
  return Object.fromEntries(rows) as NriHandlers;
}

function timedOne(handler: Handler, durations: DurationCounter): Handler {
  return (...args) => {
    const start = performance.now();
    const end = () => durations.add((performance.now() - start) / 1000);
    let answer: unknown;
    try {
      answer = handler(...args);
    } catch (error) {
      end();
      throw error;
    }
    if (answer instanceof Promise) return answer.finally(end);
    end();
    return answer;
  };
}
