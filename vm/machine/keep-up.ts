import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "../../ffi/mod.ts";
import type { GuestMount } from "../guest/guest-mount.ts";
import { tell } from "../tell.ts";
import type { CopiedSources } from "./copied-sources.ts";

/** What a machine sees of its host: `openShares` gives such. */
export interface MachineShares {
  /** The name of the device. */
  readonly tag: string;
  /** What virtiofsd exports. */
  readonly directory: string;
  /** What the guest mounts, in order. A target is refused that the guest itself needs. */
  guestMounts(): Promise<readonly GuestMount[]>;
  /** Gives something after each change of the shares, until the signal ends it. */
  follow?(signal: AbortSignal): AsyncIterable<unknown>;
}

/** How a guest is kept up with its shares. */
export interface Keeping {
  /** Whose changes the guest follows, too. */
  readonly copied: CopiedSources;
  readonly refresh: () => Promise<void>;
  readonly log: Logger | undefined;
  /** Ends it. */
  readonly signal: AbortSignal;
}

const AGAIN_MS = 500;
const LATEST_MS = 30_000;

/**
 * Has the guest follow each change of the shares, and of the sources of its copies. What it cannot do, as while a program has a file
 * open, it is asked for again.
 */
export async function keepUp(shares: MachineShares, keeping: Keeping): Promise<void> {
  const { copied, refresh, log, signal } = keeping;
  let changes = 0;
  const attempt = async (change: number) => {
    for (let pauseMs = AGAIN_MS; change === changes && !signal.aborted; pauseMs *= 2) {
      try {
        return await refresh();
      } catch (error) {
        tell(log, { error }, "the guest has not all shares in their places");
        await sleep(Math.min(pauseMs, LATEST_MS), undefined, { signal }).catch(() => {});
      }
    }
  };
  const follow = async (all: AsyncIterable<unknown>) => {
    for await (const _ of all) {
      changes += 1;
      void attempt(changes);
    }
  };
  try {
    await Promise.all([shares.follow && follow(shares.follow(signal)), follow(copied.changes(signal))]);
  } catch (error) {
    tell(log, { error }, "the shares are not followed any more");
  }
}
