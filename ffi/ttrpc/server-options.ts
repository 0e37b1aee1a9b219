import { checkOptionNames, type OptionNames } from "./option-names.ts";
import type { OnUnknownCall } from "./services.ts";

/** How a server works. */
export interface TtrpcServerOptions {
  /** How many calls of one connection may be worked on at once. Above it nothing more is read. Default 1,024. */
  readonly maxCalls?: number | undefined;
  /** How many bytes of requests of one connection may be worked on at once. Above it nothing more is read. Default 67,108,864. */
  readonly maxRequestBytes?: number | undefined;
  /**
   * Whether a call whose time is up is refused with DEADLINE_EXCEEDED. Default true; with false it stays without an answer, for a client
   * that takes a refusal for a verdict, and no answer for a server that is too slow.
   */
  readonly refusesLate?: boolean | undefined;
  /**
   * Whether payloads are copied out of the pieces that streams give, for streams that write over a piece once all listeners had it. Default
   * false.
   */
  readonly copiesPieces?: boolean | undefined;
  /** The refusal of a call whose service or method is not registered. Default: one with UNIMPLEMENTED. */
  readonly onUnknown?: OnUnknownCall | undefined;
}

/** The options, with a value for each limit. */
export interface TtrpcServerSettings {
  readonly maxCalls: number;
  readonly maxRequestBytes: number;
  readonly refusesLate: boolean;
  readonly copiesPieces: boolean;
  readonly onUnknown: OnUnknownCall | undefined;
}

const defaults = { maxCalls: 1024, maxRequestBytes: 64 * 1024 * 1024 };

const names: OptionNames<TtrpcServerOptions> = {
  ...{ maxCalls: true, maxRequestBytes: true, refusesLate: true, copiesPieces: true, onUnknown: true },
};

/**
 * The options with their defaults.
 *
 * @throws {TypeError} for wrong options.
 */
export function settingsOf(options: TtrpcServerOptions): TtrpcServerSettings {
  checkOptionNames(options, names);
  const { maxCalls = defaults.maxCalls, maxRequestBytes = defaults.maxRequestBytes } = options;
  const { refusesLate = true, copiesPieces = false, onUnknown } = options;
  for (const [name, value] of Object.entries({ maxCalls, maxRequestBytes })) {
    if (!(value >= 1)) throw new TypeError(`${name} has to be a number from 1 on, not ${value}`);
  }
  if (onUnknown !== undefined && typeof onUnknown !== "function")
    throw new TypeError("onUnknown has to be a function");
  return { maxCalls, maxRequestBytes, refusesLate, copiesPieces, onUnknown };
}
