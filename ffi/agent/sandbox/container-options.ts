import type { OptionNames } from "../../../words/option-names.ts";

/** How a container is started. */
export interface StartOptions {
  /** Gives it up when it is aborted: nothing is shared then. */
  readonly signal?: AbortSignal | undefined;
}

/** How a container is removed. */
export interface RemoveOptions {
  /** Gives up waiting for the agent, and for readers of its output, when it is aborted: the container stays shared then. */
  readonly signal?: AbortSignal | undefined;
}

/** The names of both. */
export const containerNames: OptionNames<StartOptions & RemoveOptions> = { signal: true };
