import { setImmediate } from "node:timers";
import type { Libc } from "../../../ffi/mod.ts";

/** A libc that knows how many calls were made in one go, while no timer, signal or answer could come. */
export interface Stretching extends Libc {
  readonly longest: () => number;
}

/** The real calls, counted between two turns of the event loop. */
export function stretching(libc: Libc): Stretching {
  let count = 0;
  let longest = 0;
  return {
    name: libc.name,
    call: (...args) => {
      if (count++ === 0)
        setImmediate(() => {
          count = 0;
        });
      longest = Math.max(longest, count);
      return libc.call(...args);
    },
    longest: () => longest,
  };
}
