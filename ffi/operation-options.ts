import type { OptionNames } from "../words/option-names.ts";

/** How a sandbox is cleaned up. */
export interface CleanupOptions {
  /** Whether shares are unmounted one by one before, for consumers that hold copies of them. Default false. */
  readonly revoke?: boolean | undefined;
  /** Whether a sandbox that lives, or may live, in another mount namespace is cleared, too. Default false. */
  readonly force?: boolean | undefined;
}

/** How a file is shared. */
export interface ShareFileOptions {
  /** 16 hex digits that keep names apart; with the same ones the same share is made again. Default: rolled. */
  readonly random?: string | undefined;
  /**
   * Whether containers that share the same source with the same attributes get one mount. A container that asks for it twice
   * has one share of it, which is taken back once. Default false.
   */
  readonly together?: boolean | undefined;
  /** Ends the waiting for a source's server, and a copy. */
  readonly signal?: AbortSignal | undefined;
}

/** How a container is shared. */
export interface ShareContainerOptions {
  /** 16 hex digits for each mount. Default: rolled. */
  readonly random?: readonly string[] | undefined;
  /** Ends the waiting for a source's server, and a copy. */
  readonly signal?: AbortSignal | undefined;
}

export const cleanupNames: OptionNames<CleanupOptions> = { revoke: true, force: true };
export const shareFileNames: OptionNames<ShareFileOptions> = { random: true, together: true, signal: true };
export const shareContainerNames: OptionNames<ShareContainerOptions> = { random: true, signal: true };
