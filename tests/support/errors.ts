import { PlanError, RequestError, StepError } from "../../ffi/mod.ts";

/** What a promise is rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("Cannot find a rejection: the call succeeded");
}

/** The StepError that a promise is rejected with. */
export async function stepError(promise: Promise<unknown>): Promise<StepError> {
  return only(await rejection(promise), StepError);
}

/** The PlanError that a promise is rejected with. */
export async function planError(promise: Promise<unknown>): Promise<PlanError> {
  return only(await rejection(promise), PlanError);
}

/** The RequestError that a promise is rejected with. */
export async function requestError(promise: Promise<unknown>): Promise<RequestError> {
  return only(await rejection(promise), RequestError);
}

function only<T>(error: unknown, kind: new (...args: never[]) => T): T {
  if (error instanceof kind) return error;
  throw new Error(`Cannot take this for a ${kind.name}: ${String(error)}`, { cause: error });
}
