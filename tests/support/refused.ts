import assert from "node:assert/strict";
import type { StepError } from "../../ffi/mod.ts";
import { stepError } from "./errors.ts";
import type { Scratch } from "./scratch.ts";
import { stateOf } from "./state.ts";

/** The error of a call that is refused; all is as before it. */
export async function refused(scratch: Scratch, call: () => Promise<unknown>): Promise<StepError> {
  // What was open for programs that ended, as mount(8), is closed when the event loop has gone round.
  for (let i = 0; i < 2; i++) await new Promise((resolve) => setImmediate(resolve));
  const before = stateOf(scratch.hostDir);
  const error = await stepError(call());
  assert.deepEqual(stateOf(scratch.hostDir), before, `something is left after: ${error.message}`);
  assert.deepEqual(error.undo, []);
  return error;
}
