import { checkOptionNames, type OptionNames } from "../words/option-names.ts";
import type { Agent } from "./agent/agent.ts";
import { type CopyOptions, settingsOf } from "./copy/options.ts";
import type { Libc } from "./linux/libc.ts";
import type { Logger } from "./logger.ts";
import type { Nydusd } from "./nydusd.ts";
import type { OnCopied } from "./sandbox-copies.ts";
import type { WatchEvent } from "./watch/event.ts";

/** How a FilesystemShare does its work. */
export interface FilesystemShareOptions {
  /** Gets a line for each step. Default: no logger. */
  readonly logger?: Logger | undefined;
  /** The way to libc. Default: the one of this runtime. */
  readonly libc?: Libc | undefined;
  /** The guest's agent, for sandboxes that share nothing: it gets copies. `connectAgent` of guestshare/agent makes one. */
  readonly agent?: Agent | undefined;
  /** How files are copied. */
  readonly copy?: Omit<CopyOptions, "signal"> | undefined;
  /** Is called after each copy, with the entries that were skipped or changed. An error that it throws goes to the logger. */
  readonly onCopied?: OnCopied | undefined;
  /**
   * Whether copied volumes that kubelet updates (configmaps, secrets, projected ones, the downward API) follow the host's
   * changes until their container is unshared. Default true. On Deno a change is noticed at once with `--allow-read` for
   * the volumes, and without that permission within a second.
   */
  readonly watch?: boolean | undefined;
  /** Is called with each event of a watched volume. An error that it throws goes to the logger. */
  readonly onWatch?: ((event: WatchEvent) => void) | undefined;
  /** The daemon that has the images of nydus root filesystems. */
  readonly nydusd?: Nydusd | undefined;
  /** How long another process may hold the sandbox's lock. Default 60,000. */
  readonly lockTimeoutMs?: number | undefined;
  /**
   * How long the server of a source (FUSE, NFS) may take to answer before that is an error. The wait is without the lock,
   * and a `signal` ends it at once. Default 10,000.
   */
  readonly sourceTimeoutMs?: number | undefined;
}

const names: OptionNames<FilesystemShareOptions> = {
  ...{ logger: true, libc: true, agent: true, copy: true, onCopied: true },
  ...{ watch: true, onWatch: true, nydusd: true, lockTimeoutMs: true, sourceTimeoutMs: true },
};

/** @throws {TypeError} for an unknown option, or a wrong value. */
export function checkOptions(options: FilesystemShareOptions): void {
  checkOptionNames(options, names);
  const { agent, copy = {}, libc, logger, nydusd } = options;
  if (logger && typeof logger.debug !== "function")
    throw new TypeError("logger.debug has to be a function, as pino's is");
  if (libc && typeof libc.call !== "function")
    throw new TypeError("libc has to be a Libc, as openLibc gives one; await it");
  if (agent && typeof agent.copyFile !== "function")
    throw new TypeError("agent has to be an Agent, as connectAgent makes one");
  settingsOf(copy);
  if (nydusd && typeof nydusd.mount !== "function")
    throw new TypeError("nydusd has to be a Nydusd, made with the socketPath of the daemon's API");
  for (const name of ["onCopied", "onWatch"] as const)
    if (options[name] !== undefined && typeof options[name] !== "function")
      throw new TypeError(`${name} has to be a function`);
  if (options.watch !== undefined && typeof options.watch !== "boolean")
    throw new TypeError(`watch has to be true or false, not ${JSON.stringify(options.watch)}`);
  for (const name of ["lockTimeoutMs", "sourceTimeoutMs"] as const) {
    const { [name]: timeoutMs = 0 } = options;
    if (typeof timeoutMs !== "number" || !(timeoutMs >= 0)) {
      const given = typeof timeoutMs === "number" ? timeoutMs : `a ${typeof timeoutMs}`;
      throw new TypeError(`${name} has to be a number of milliseconds, not ${given}`);
    }
  }
}

/** How a sandbox is cleaned up. */
export interface CleanupOptions {
  /** Whether shares are unmounted one by one before, for consumers that hold copies of them. Default false. */
  readonly revoke?: boolean | undefined;
  /** Whether a sandbox that lives, or may live, in another mount namespace is cleared, too. Default false. */
  readonly force?: boolean | undefined;
  /** Whether nothing is removed while the process that prepared the sandbox lives. Default false. */
  readonly ifAbandoned?: boolean | undefined;
}

/** How a file is shared. */
export interface ShareFileOptions {
  /** 16 hex digits that keep names apart; the same digits give the same share again. Default: random. */
  readonly random?: string | undefined;
  /**
   * Whether containers that share the same source with the same attributes get one mount. A container that asks twice has
   * one share, which is removed once. Default false.
   */
  readonly together?: boolean | undefined;
  /** Ends the wait for a source's server, and ends a copy. */
  readonly signal?: AbortSignal | undefined;
}

/** How a container is shared. */
export interface ShareContainerOptions {
  /** 16 hex digits for each mount. Default: random. */
  readonly random?: readonly string[] | undefined;
  /** Ends the wait for a source's server, and ends a copy. */
  readonly signal?: AbortSignal | undefined;
}

export const cleanupNames: OptionNames<CleanupOptions> = { revoke: true, force: true, ifAbandoned: true };
export const shareFileNames: OptionNames<ShareFileOptions> = { random: true, together: true, signal: true };
export const shareContainerNames: OptionNames<ShareContainerOptions> = { random: true, signal: true };
