import { setTimeout as sleep } from "node:timers/promises";
import type { Api } from "./api.ts";
import { NydusdError } from "./error.ts";

const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 100;

/**
 * Waits until nydusd runs.
 *
 * @throws {NydusdError} in the end, with the last state or trouble.
 */
export async function waitUntilRunning(api: Api, timeoutMs: number): Promise<void> {
  const end = performance.now() + timeoutMs;
  let last: Trouble | undefined;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    const trouble = await troubleOf(api, Math.max(1, Math.ceil(end - performance.now())));
    if (!trouble) return;
    // The last request has little time: what was heard before says more than that there was no answer to it.
    if (!last || trouble.error?.code !== "ETIMEDOUT") last = trouble;
    const leftMs = end - performance.now();
    if (leftMs <= 0) throw neverRan(timeoutMs, last);
    await sleep(Math.min(pauseMs, leftMs));
  }
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
