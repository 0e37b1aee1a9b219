import { dirname } from "node:path";
import type { Host } from "./host.ts";
import { hubIn } from "./names.ts";
import type { Reach } from "./reach-target.ts";
import { SyscallError } from "./syscall-error.ts";

// The kernel waits for a grace period at the end of each unmount. Waits in several threads overlap.
const THREADS = 8;

// For fewer unmounts a pool is not worth its threads.
const FEWEST = 64;

/** The mounts of shares that were detached before their steps, many at once. A step finds that done. */
export class EarlyUnmounts {
  readonly #host: Host;
  readonly #hub: string;
  readonly #detached = new Set<string>();

  /** For the sandbox of this directory. */
  constructor(host: Host, directory: string) {
    this.#host = host;
    this.#hub = hubIn(directory);
  }

  /**
   * Detaches the mounts of these targets in threads, as far as they are in the hub itself, if there is a pool and if they are many.
   * A mount that cannot be detached is left to its step, which says why.
   */
  async begin(reach: Reach, targets: readonly string[]): Promise<void> {
    const { sys } = this.#host;
    const inHub = targets.filter((target) => dirname(target) === this.#hub);
    if (inHub.length < FEWEST || !sys.hasPool) return;
    // All of them are in one directory, whose descriptor stays open until the steps are obeyed.
    const directory = directoryOf(reach, inHub[0] as string);
    if (directory === undefined) return;
    const waiting = inHub.values();
    const work = async () => {
      for (const target of waiting) {
        const name = target.slice(this.#hub.length + 1);
        if (await sys.umountInPool(directory, name)) this.#detached.add(target);
      }
    };
    await Promise.all(Array.from({ length: THREADS }, work));
  }

  /** Whether a target's mount was detached early. The next answer for the same target is false. */
  take(target: string): boolean {
    return this.#detached.delete(target);
  }
}

// Why a directory cannot be reached, the first step says.
function directoryOf(reach: Reach, target: string): number | undefined {
  try {
    return reach.find(target)?.directory;
  } catch (error) {
    if (error instanceof SyscallError) return undefined;
    throw error;
  }
}
