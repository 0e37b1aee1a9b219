import { checkOptionNames, type OptionNames } from "../../words/option-names.ts";
import { wrongTimeout } from "../ttrpc/timeout.ts";

/** How much there is to copy. */
export interface CopyTotal {
  /** How many files, directories and links. */
  readonly entries: number;
  /** How many bytes the files have together. */
  readonly bytes: number;
}

/** How far a copy is. It counts from 0 for each mount of a container. */
export interface CopyProgress {
  /** How many files, directories and links the guest has whole. */
  readonly entries: number;
  /** How many bytes of files it has. They get fewer when a file begins anew. */
  readonly bytes: number;
  /** The path on the host of the entry that arrived just now, in whole or in part. */
  readonly path: string;
  /**
   * If the option `total` asks for it: how much there was when it was counted. The end differs if entries come, go, grow or
   * cannot be read later.
   */
  readonly total?: CopyTotal;
}

/** How a tree is copied. */
export interface CopyOptions {
  /** How many requests may be open at once. Default 64. */
  readonly window?: number | undefined;
  /** How many bytes of files may be on their way at once. The copy takes this much memory. Default 16 MiB. */
  readonly windowBytes?: number | undefined;
  /** How many bytes of a file go into one request. Default 1 MiB, which is what Kata sends. */
  readonly sliceBytes?: number | undefined;
  /**
   * Which links are sent: those that stay inside the tree, or all links. In the guest, absolute links and links that lead out of
   * the tree lead to other files than on the host. Default "inside".
   */
  readonly links?: "inside" | "all" | undefined;
  /** How long the answer to one request may take. Default: the agent's. */
  readonly timeoutMs?: number | undefined;
  /** Ends the copy: nothing more is sent, and open requests are awaited for a second at most. */
  readonly signal?: AbortSignal | undefined;
  /** Whether the entries are counted before they are copied, for the progress to have a total. Default false: it costs a walk. */
  readonly total?: boolean | undefined;
  /** Is called after each answer. An error that it throws ends the copy. */
  readonly onProgress?: ((progress: CopyProgress) => void) | undefined;
}

const MiB = 1024 * 1024;

/** The options of a copy, with their defaults. */
export interface CopySettings {
  readonly window: number;
  readonly windowBytes: number;
  readonly sliceBytes: number;
  readonly links: "inside" | "all";
  readonly total: boolean;
}

const limits = [
  ["window", 1024],
  ["windowBytes", 1024 * MiB],
  // A request has to fit into a frame of 4 MiB, with its path.
  ["sliceBytes", 3 * MiB],
] as const;

const names: OptionNames<CopyOptions> = {
  ...{ window: true, windowBytes: true, sliceBytes: true, links: true },
  ...{ timeoutMs: true, signal: true, total: true, onProgress: true },
};

/** @throws {TypeError} for options that cannot be. */
export function settingsOf(options: CopyOptions): CopySettings {
  checkOptionNames(options, names);
  const {
    window = 64,
    windowBytes = 16 * MiB,
    sliceBytes = MiB,
    links = "inside",
    total = false,
    timeoutMs,
  } = options;
  const numbers = { window, windowBytes, sliceBytes };
  for (const [name, most] of limits) {
    const value = numbers[name];
    if (!(Number.isInteger(value) && value >= 1 && value <= most))
      throw new TypeError(`${name} has to be a whole number from 1 to ${most}, not ${value}`);
  }
  if (sliceBytes > windowBytes)
    throw new TypeError(`sliceBytes has to fit into windowBytes: ${sliceBytes} is more than ${windowBytes}`);
  if (links !== "inside" && links !== "all")
    throw new TypeError(`links has to be "inside" or "all", not ${JSON.stringify(links)}`);
  if (typeof total !== "boolean")
    throw new TypeError(`total has to be true or false, not ${JSON.stringify(total)}`);
  if (options.onProgress !== undefined && typeof options.onProgress !== "function")
    throw new TypeError("onProgress has to be a function");
  const wrong = timeoutMs === undefined ? "" : wrongTimeout(timeoutMs);
  if (wrong !== "") throw new TypeError(wrong);
  return { ...numbers, links, total };
}
