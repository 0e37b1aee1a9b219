import type { CallName, Invoke } from "./calls.ts";
import { EAGAIN, EINTR, ETIMEDOUT } from "./errno.ts";
import type { Libc } from "./libc.ts";

// How often a call is made at the most while its errno may be another's.
const MOST_CALLS = 4;

/**
 * Makes calls whose errno is read by a second call. Between the two the runtime may collect garbage, wait there for a
 * lock of its own, and leave the errno of that behind: a missing file was seen to be EAGAIN on Deno, once in millions of
 * calls. A call that failed has changed nothing, so it is made again where its errno is one that waiting gives, until it
 * has said so several times. `bind` makes the function of a call, which is made when it is first called.
 */
export function callWith(bind: (name: CallName) => Invoke): Libc["call"] {
  const bound: Partial<Record<CallName, Invoke>> = {};
  return (name, a, b, c, d, e) => {
    bound[name] ??= bind(name);
    const call = bound[name];
    let result = call(a, b, c, d, e);
    // A descriptor is closed even where close fails, and its number may be another file's by then.
    if (result >= 0 || name === "close") return result;
    for (let calls = 1; isOfWaiting(result) && calls < MOST_CALLS; calls++) result = call(a, b, c, d, e);
    return result;
  };
}

function isOfWaiting(result: number): boolean {
  return result === -EAGAIN || result === -EINTR || result === -ETIMEDOUT;
}
