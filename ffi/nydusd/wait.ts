import { retry } from "../linux/retry.ts";
import type { Api } from "./api.ts";
import { NydusdError } from "./error.ts";

const pauses = { firstMs: 5, longestMs: 100 };

/**
 * Waits until nydusd runs.
 *
 * @throws {NydusdError} in the end, with the last state or trouble.
 */
export async function waitUntilRunning(api: Api, timeoutMs: number): Promise<void> {
  const endMs = performance.now() + timeoutMs;
  let known: Trouble | undefined;
  const isRunning = async () => {
    const trouble = await troubleOf(api, Math.max(1, Math.ceil(endMs - performance.now())));
    // The final request has little time: an earlier trouble says more than that this one got no answer.
    if (!known || trouble?.error?.code !== "ETIMEDOUT") known = trouble;
    return trouble === undefined;
  };
  if (!(await retry(isRunning, endMs, pauses))) throw neverRan(timeoutMs, known as Trouble);
}

interface Trouble {
  readonly words: string;
  readonly error?: NydusdError;
}

async function troubleOf(api: Api, withinMs: number): Promise<Trouble | undefined> {
  try {
    const { state } = await api.info("run", { withinMs });
    return state === "RUNNING" ? undefined : { words: `its state is ${state}` };
  } catch (error) {
    if (error instanceof NydusdError) return { words: error.state, error };
    throw error;
  }
}

function neverRan(timeoutMs: number, { words, error }: Trouble): NydusdError {
  return new NydusdError({
    request: "run",
    code: "ETIMEDOUT",
    reason: `not running after ${timeoutMs} ms: ${words}`,
    isAbsent: error?.isAbsent ?? false,
    cause: error,
  });
}
