import { checkOptionNames, type OptionNames } from "../../words/option-names.ts";
import type { NodeNews } from "../monitor/node-event.ts";
import type { LookTimes } from "./look-deadline.ts";
import type { GateRules } from "./rules.ts";

/** What a gate says. */
export type GateNews = Extract<NodeNews, { readonly kind: "refused" | "unseen" }>;

/** What a gate goes by. */
export interface GateOptions {
  /** The rules. */
  readonly rules: GateRules;
  /** Whether it only tells what it would refuse. */
  readonly isTrial: boolean;
  /**
   * The runtime's process, in whose mount namespace sources are, or "own" for the namespace of this process. While it gives undefined, it is
   * not known where sources lead. Default: "own".
   */
  readonly runtimePid?: (() => number | "own" | undefined) | undefined;
  /** Hears of what was refused, and what could not be seen. */
  readonly tell?: ((news: GateNews) => void) | undefined;
  /**
   * How long the host may keep a look at it waiting. What the look waits for a processor is not in it: altogether a look takes no longer
   * than three quarters of what the runtime waits, which is two seconds. Default: 500.
   */
  readonly lookTimeoutMs?: number | undefined;
}

const names: OptionNames<GateOptions> = {
  ...{ rules: true, isTrial: true, runtimePid: true, tell: true, lookTimeoutMs: true },
};
const LOOK_MS = 500;
// NRI's own default. A plugin that is late is dropped, and without validations the container runs.
const RUNTIME_WAITS_MS = 2000;
// The request has to be read, and the answer written, on a machine that may be busy.
const SHARE_OF_A_LOOK = 3 / 4;

/**
 * Checks the options of a gate.
 *
 * @throws {TypeError} for an unknown option, or without a word on whether it is a trial.
 */
export function checkGateOptions(options: GateOptions): void {
  checkOptionNames(options, names);
  if (typeof options.isTrial !== "boolean") throw new TypeError("isTrial has to be true or false");
}

/** How long a gate may look at the host while a runtime waits for so long, if it says so. */
export function lookTimesOf(
  { lookTimeoutMs = LOOK_MS }: GateOptions,
  runtimeWaitsMs: number = RUNTIME_WAITS_MS,
): LookTimes {
  return { hostMs: lookTimeoutMs, longestMs: SHARE_OF_A_LOOK * runtimeWaitsMs };
}
