import { checkOptionNames, type OptionNames } from "../../words/option-names.ts";

/** How a client works. */
export interface TtrpcClientOptions {
  /** How long the answer to a call may take that does not say. Default 60,000. */
  readonly timeoutMs?: number | undefined;
  /** How many bytes of requests may wait for a peer that does not read them. Default 67,108,864. */
  readonly maxWaitingBytes?: number | undefined;
}

/** The options, with a value for each. */
export interface TtrpcClientSettings {
  readonly timeoutMs: number;
  readonly maxWaitingBytes: number;
}

const defaults = { timeoutMs: 60_000, maxWaitingBytes: 64 * 1024 * 1024 };

const names: OptionNames<TtrpcClientOptions> = { timeoutMs: true, maxWaitingBytes: true };

// A timer's longest; above it fires at once.
const LONGEST_MS = 2 ** 31 - 1;

/** What is wrong with a number of milliseconds; empty where nothing is. */
export function wrongTimeout(timeoutMs: unknown, name = "timeoutMs"): string {
  if (typeof timeoutMs === "number" && timeoutMs > 0 && timeoutMs <= LONGEST_MS) return "";
  return `${name} has to be a number of milliseconds from 1 to ${LONGEST_MS}, not ${timeoutMs}`;
}

/**
 * The options with their defaults.
 *
 * @throws {TypeError} for options that cannot be.
 */
export function filled(options: TtrpcClientOptions): TtrpcClientSettings {
  checkOptionNames(options, names);
  const { timeoutMs = defaults.timeoutMs, maxWaitingBytes = defaults.maxWaitingBytes } = options;
  const wrong = wrongTimeout(timeoutMs);
  if (wrong !== "") throw new TypeError(wrong);
  if (!(maxWaitingBytes >= 0))
    throw new TypeError(`maxWaitingBytes has to be a number of bytes, not ${maxWaitingBytes}`);
  return { timeoutMs, maxWaitingBytes };
}
