import { checkOptionNames, type OptionNames } from "../../words/option-names.ts";
import { socketPathFault } from "../ttrpc/socket-path.ts";
import { LONGEST_MS } from "../ttrpc/timeout.ts";

/** How to reach a nydusd. */
export interface NydusdOptions {
  /** The socket of its API: an absolute path of at most 107 bytes. */
  readonly socketPath: string;
  /** How long an answer to one request may take. Default 30,000. */
  readonly timeoutMs?: number | undefined;
  /** How long `waitUntilRunning` waits in all. Default 10,000. */
  readonly runningTimeoutMs?: number | undefined;
}

/** The options, with a value for each. */
export interface NydusdSettings {
  readonly socketPath: string;
  readonly timeoutMs: number;
  readonly runningTimeoutMs: number;
}

const names: OptionNames<NydusdOptions> = { socketPath: true, timeoutMs: true, runningTimeoutMs: true };

const defaults = { timeoutMs: 30_000, runningTimeoutMs: 10_000 };

/**
 * The options with their defaults.
 *
 * @throws {TypeError} for options that cannot be.
 */
export function settingsOf(options: NydusdOptions): NydusdSettings {
  checkOptionNames(options, names);
  const {
    socketPath,
    timeoutMs = defaults.timeoutMs,
    runningTimeoutMs = defaults.runningTimeoutMs,
  } = options;
  const fault = socketPathFault(socketPath);
  if (fault) throw new TypeError(`socketPath ${fault.reason}, not ${JSON.stringify(socketPath)}`);
  for (const [name, value] of Object.entries({ timeoutMs, runningTimeoutMs })) {
    if (!(value >= 0 && value <= LONGEST_MS))
      throw new TypeError(`${name} has to be a number of milliseconds, not ${value}`);
  }
  return { socketPath, timeoutMs, runningTimeoutMs };
}
