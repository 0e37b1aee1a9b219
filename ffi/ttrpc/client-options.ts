import { checkOptionNames, type OptionNames } from "./option-names.ts";
import { wrongTimeout } from "./timeout.ts";

/** How a client works. */
export interface TtrpcClientOptions {
  /** How long an answer may take, unless the call says otherwise. Default 60,000. */
  readonly timeoutMs?: number | undefined;
  /** How many bytes of requests may wait for a peer that does not read. Default 67,108,864. */
  readonly maxWaitingBytes?: number | undefined;
}

/** The options, with a value for each. */
export interface TtrpcClientSettings {
  readonly timeoutMs: number;
  readonly maxWaitingBytes: number;
}

const defaults = { timeoutMs: 60_000, maxWaitingBytes: 64 * 1024 * 1024 };

const names: OptionNames<TtrpcClientOptions> = { timeoutMs: true, maxWaitingBytes: true };

/**
 * The options with their defaults.
 *
 * @throws {TypeError} for wrong options.
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
