import { Buffer } from "node:buffer";
import { checkOptionNames, type OptionNames } from "../../words/option-names.ts";

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

// struct sockaddr_un's sun_path has 108 bytes, the last one 0. What is longer may be cut, and be another socket.
const LONGEST_SOCKET_PATH = 107;
// A timer's longest; above it fires at once.
const LONGEST_MS = 2 ** 31 - 1;

/** What is wrong with a socket's path; empty where nothing is. */
export function wrongSocketPath(path: unknown): string {
  if (typeof path !== "string" || !path.startsWith("/")) return "has to be an absolute path";
  if (path.includes("\0")) return "has to be without NUL";
  if (Buffer.byteLength(path) > LONGEST_SOCKET_PATH)
    return `has to be at most ${LONGEST_SOCKET_PATH} bytes long`;
  return "";
}

/**
 * The options with their defaults.
 *
 * @throws {TypeError} for options that cannot be.
 */
export function filled(options: NydusdOptions): NydusdSettings {
  checkOptionNames(options, names);
  const {
    socketPath,
    timeoutMs = defaults.timeoutMs,
    runningTimeoutMs = defaults.runningTimeoutMs,
  } = options;
  const wrong = wrongSocketPath(socketPath);
  if (wrong !== "") throw new TypeError(`socketPath ${wrong}, not ${JSON.stringify(socketPath)}`);
  for (const [name, value] of Object.entries({ timeoutMs, runningTimeoutMs })) {
    if (!(value >= 0 && value <= LONGEST_MS))
      throw new TypeError(`${name} has to be a number of milliseconds, not ${value}`);
  }
  return { socketPath, timeoutMs, runningTimeoutMs };
}
