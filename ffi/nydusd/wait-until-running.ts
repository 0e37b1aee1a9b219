import { retry } from "../ttrpc/retry.ts";
import type { Api } from "./api.ts";
import { NydusdError } from "./error.ts";

/**
 * Waits until nydusd runs.
 *
 * @throws {NydusdError} once the time is up, with the last state or error.
 */
export async function waitUntilRunning(api: Api, timeoutMs: number): Promise<void> {
  const attempt = async (withinMs: number) => {
    const { state } = await api.info("run", { withinMs });
    if (state !== "RUNNING") throw new NotRunning(state);
  };
  try {
    await retry(attempt, { timeoutMs, mayPass });
  } catch (error) {
    throw mayPass(error) ? neverRan(timeoutMs, error) : error;
  }
}

/** nydusd answered, and does not run yet. */
class NotRunning extends Error {
  readonly state: string;

  constructor(state: string) {
    super(`nydusd is ${state}`);
    this.state = `its state is ${state}`;
  }
}

function mayPass(error: unknown): error is NydusdError | NotRunning {
  return error instanceof NydusdError || error instanceof NotRunning;
}

function neverRan(timeoutMs: number, last: NydusdError | NotRunning): NydusdError {
  return new NydusdError({
    request: "run",
    code: "ETIMEDOUT",
    reason: `not running after ${timeoutMs} ms: ${last.state}`,
    isAbsent: last instanceof NydusdError && last.isAbsent,
    cause: last instanceof NydusdError ? last : undefined,
  });
}
