import { basename, dirname } from "node:path";
import type { Step } from "../mod.ts";
import { bindSource, type Hold } from "./linux/bind.ts";
import { makeDirectory, removeDirectory } from "./linux/directory.ts";
import { EOPNOTSUPP } from "./linux/errno.ts";
import { makeGuard } from "./linux/guard.ts";
import type { Host } from "./linux/host.ts";
import { makeHub } from "./linux/hub.ts";
import type { Lock } from "./linux/lock.ts";
import { MARK, makeMark, removeMark } from "./linux/mark.ts";
import { isInHub } from "./linux/names.ts";
import { then } from "./linux/paced.ts";
import { removePlaceholder } from "./linux/placeholder.ts";
import { Reach } from "./linux/reach.ts";
import { RemoteShares } from "./linux/remote-shares.ts";
import { Staging } from "./linux/staging.ts";
import { SyscallError } from "./linux/syscall-error.ts";
import { unmount, unmountGuard } from "./linux/unmount.ts";
import { addUser, removeUser } from "./linux/users.ts";
import { makeView } from "./linux/view.ts";
import type { WaitedSources } from "./linux/waited-sources.ts";
import { NydusdError } from "./nydusd/error.ts";
import type { Nydusd, NydusdMount } from "./nydusd.ts";

/** What obeys single steps of a sandbox while its lock is held: for each, one case. */
export class Steps {
  readonly #host: Host;
  readonly #directory: string;
  readonly #reach: Reach;
  readonly #remote: RemoteShares;
  readonly #nydusd: Nydusd | undefined;
  #hold: Hold;
  #silence: NydusdError | undefined;
  #made: boolean;
  /** Whether the guard could not be unmounted: the sandbox lives, and keeps its mark. */
  #isStuck = false;

  constructor(host: Host, directory: string, lock: Lock, nydusd?: Nydusd) {
    this.#host = host;
    this.#directory = directory;
    this.#reach = new Reach(host, lock, directory);
    const sandbox = { directory: lock.parent, name: lock.name };
    this.#remote = new RemoteShares(host, sandbox);
    this.#hold = { staging: new Staging(host, sandbox), remote: this.#remote };
    this.#nydusd = nydusd;
    this.#made = lock.made;
  }

  close(): void {
    this.#reach.close();
  }

  /** Before a plan: the sources that were waited for to obey it. */
  begin(waited: WaitedSources | undefined): void {
    if (this.#hold.waited !== waited) this.#hold = { ...this.#hold, waited };
  }

  /** A turn of the event loop, where it is time for one. */
  pause(): Promise<void> | undefined {
    return this.#host.sys.pause();
  }

  /** Whether the step's change was not there yet. */
  obey(step: Step): boolean | Promise<boolean> {
    switch (step.op) {
      case "mkdir":
        if (step.path === this.#directory) return this.#takeMade();
        return makeDirectory(this.#host, this.#reach.must(step.path), step.mode);
      case "mark":
        return makeMark(this.#host, this.#reach.must(step.path));
      case "guard":
        return this.#makeGuard(step.target);
      case "hub":
        return makeHub(this.#host, this.#reach.must(step.target), step.mode);
      case "view":
        return this.#makeView(step.source, step.target);
      case "bind":
        return bindSource(this.#host, step, this.#reach.must(step.target), this.#hold);
      case "use":
        return addUser(this.#host, this.#reach.must(dirname(step.path)), basename(step.path), step.mode);
      case "unuse":
        return this.#unuse(step.path);
      case "umount":
        return this.#unmount(step.target);
      case "remove":
        return this.#remove(step.path);
      case "copy":
        throw noAgent();
      case "rafsMount":
        return this.#rafsMount(step);
      case "rafsUmount":
        return this.#rafsUmount(step.mountpoint);
    }
  }

  // Taking the lock made the sandbox's directory; the first plan under this lock answers for it.
  #takeMade(): boolean {
    const made = this.#made;
    this.#made = false;
    return made;
  }

  #makeGuard(target: string): boolean {
    const made = makeGuard(this.#host, this.#reach.must(target));
    // What was open there is below it now.
    if (made) this.#reach.forget(target);
    return made;
  }

  #makeView(hub: string, target: string): boolean {
    const made = makeView(this.#host, this.#reach.must(hub), this.#reach.must(target));
    this.#reach.trustView();
    return made;
  }

  #unmount(target: string): boolean | Promise<boolean> {
    const place = this.#reach.find(target);
    if (!place) return false;
    this.#reach.forget(target);
    if (target !== this.#directory) return unmount(this.#host, place, this.#remote);
    this.#isStuck = true;
    return then(unmountGuard(this.#host, place, this.#remote), (changed) => {
      this.#isStuck = false;
      return changed;
    });
  }

  #unuse(path: string): boolean {
    const place = this.#reach.find(dirname(path));
    return place !== undefined && removeUser(this.#host, place, basename(path));
  }

  async #rafsMount(image: NydusdMount): Promise<boolean> {
    const nydusd = this.#mustHaveNydusd();
    await nydusd.waitUntilRunning();
    return nydusd.mount(image);
  }

  // Where nydusd is gone, what it had mounted is gone with it. One that is silent is asked once under a lock.
  async #rafsUmount(mountpoint: string): Promise<boolean> {
    if (this.#silence) throw this.#silence;
    try {
      return await this.#mustHaveNydusd().umount(mountpoint);
    } catch (error) {
      if (!(error instanceof NydusdError)) throw error;
      if (error.isAbsent) return false;
      if (error.code === "ETIMEDOUT") this.#silence = error;
      throw error;
    }
  }

  #mustHaveNydusd(): Nydusd {
    if (this.#nydusd) return this.#nydusd;
    throw new SyscallError("", EOPNOTSUPP, "no nydusd was given; say its socketPath in the options");
  }

  #remove(path: string): boolean {
    const place = this.#reach.find(path);
    if (!place) return false;
    this.#reach.forget(path);
    if (path === `${this.#directory}/${MARK}`) return !this.#isStuck && removeMark(this.#host, place);
    // Placeholders are in the hub. What lies beside it is ours only if it is a directory.
    return isInHub(this.#directory, path)
      ? removePlaceholder(this.#host, place)
      : removeDirectory(this.#host, place);
  }
}

/** Why a copy cannot be obeyed. */
export function noAgent(): SyscallError {
  const reason = "nothing is shared with this guest, and there is no agent to copy to";
  return new SyscallError("", EOPNOTSUPP, reason);
}
