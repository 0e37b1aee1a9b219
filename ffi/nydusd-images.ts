import { EOPNOTSUPP } from "./linux/errno.ts";
import { SyscallError } from "./linux/syscall-error.ts";
import { NydusdError } from "./nydusd/error.ts";
import type { Nydusd, NydusdMount } from "./nydusd.ts";

/** The images that steps have nydusd mount and unmount while a sandbox's lock is held. */
export class NydusdImages {
  readonly #nydusd: Nydusd | undefined;
  #unanswered: NydusdError | undefined;

  constructor(nydusd: Nydusd | undefined) {
    this.#nydusd = nydusd;
  }

  async mount(image: NydusdMount): Promise<boolean> {
    const nydusd = this.#mustHaveNydusd();
    await nydusd.waitUntilRunning();
    return nydusd.mount(image);
  }

  /** Where nydusd is gone, its mounts are gone too. A nydusd that does not answer is asked once under a lock. */
  async umount(mountpoint: string): Promise<boolean> {
    if (this.#unanswered) throw this.#unanswered;
    try {
      return await this.#mustHaveNydusd().umount(mountpoint);
    } catch (error) {
      if (!(error instanceof NydusdError)) throw error;
      if (error.isAbsent) return false;
      if (error.code === "ETIMEDOUT") this.#unanswered = error;
      throw error;
    }
  }

  #mustHaveNydusd(): Nydusd {
    if (this.#nydusd) return this.#nydusd;
    throw new SyscallError("", EOPNOTSUPP, "no nydusd was given; say its socketPath in the options");
  }
}
