import { basename, dirname } from "node:path";
import type { Step } from "../mod.ts";
import { bindSource, type Hold } from "./linux/bind.ts";
import { makeDirectory, removeDirectory } from "./linux/directory.ts";
import { makeGuard } from "./linux/guard.ts";
import type { Host } from "./linux/host.ts";
import { makeHub } from "./linux/hub.ts";
import type { KeptSources } from "./linux/kept-sources.ts";
import type { Lock } from "./linux/lock.ts";
import { MARK, makeMark, removeMark } from "./linux/mark.ts";
import { hubIn, isInHub, type Place } from "./linux/names.ts";
import { removePlaceholder } from "./linux/placeholder.ts";
import { Reach } from "./linux/reach-target.ts";
import { RemoteShares } from "./linux/remote-shares.ts";
import { Staging } from "./linux/staging.ts";
import { unmount, unmountGuard, unmountShare } from "./linux/unmount.ts";
import { EarlyUnmounts } from "./linux/unmount-pool.ts";
import { addUser, removeUser } from "./linux/users.ts";
import { makeView } from "./linux/view.ts";
import type { WaitedSources } from "./linux/waited-sources.ts";
import type { Nydusd } from "./nydusd.ts";
import { NydusdImages } from "./nydusd-images.ts";
import { noAgent } from "./step-error.ts";

/** Obeys single steps while a sandbox's lock is held: one case for each kind of step. */
export class Steps {
  readonly #host: Host;
  readonly #directory: string;
  readonly #lock: Lock;
  readonly #reach: Reach;
  readonly #remote: RemoteShares;
  readonly #images: NydusdImages;
  readonly #hold: { -readonly [field in keyof Hold]: Hold[field] };
  readonly #early: EarlyUnmounts;
  #isTaken = false;
  /** Whether the guard could not be unmounted: the sandbox lives, and keeps its mark. */
  #isStuck = false;

  constructor(host: Host, directory: string, lock: Lock, nydusd?: Nydusd) {
    this.#host = host;
    this.#directory = directory;
    this.#lock = lock;
    this.#reach = new Reach(host, lock, directory);
    this.#early = new EarlyUnmounts(host, directory);
    this.#remote = new RemoteShares(host, lock.place);
    this.#hold = { staging: new Staging(host, lock.place), remote: this.#remote };
    this.#images = new NydusdImages(nydusd);
  }

  close(): void {
    this.#reach.close();
  }

  /** Before a plan: takes its sources that are open already. */
  begin(waited: WaitedSources | undefined, kept: KeptSources | undefined): void {
    this.#hold.waited = waited;
    this.#hold.kept = kept;
  }

  pause(): Promise<void> | undefined {
    return this.#host.sys.pause();
  }

  /** Before many steps that remove: detaches the mounts of shares at once, if no server may have to be waited for. */
  async prepareRemoval(steps: readonly Step[]): Promise<void> {
    const targets = steps.flatMap((step) => (step.op === "umount" ? step.target : []));
    if (!this.#remote.isMarked()) await this.#early.begin(this.#reach, targets);
  }

  /** Makes the step's change; false where the change was there already. */
  obey(step: Step): boolean | Promise<boolean> {
    switch (step.op) {
      case "mkdir":
        if (step.path === this.#directory) return this.#takeMade();
        return makeDirectory(this.#host, this.#reach.must(step.path), step.mode);
      case "mark":
        return makeMark(this.#host, this.#reach.must(step.path), this.#lock.found);
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
        return this.#images.mount(step);
      case "rafsUmount":
        return this.#images.umount(step.mountpoint);
    }
  }

  // Taking the lock made the sandbox's directory; the first plan under this lock answers for it.
  #takeMade(): boolean {
    const made = this.#lock.made && !this.#isTaken;
    this.#isTaken = true;
    return made;
  }

  #makeGuard(target: string): boolean {
    const { directory } = this.#reach.must(hubIn(target));
    const made = makeGuard(this.#host, this.#reach.must(target), directory);
    // The directory that was open there is below the guard now.
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
    if (target === this.#directory) return this.#unmountGuard(place);
    if (!isInHub(this.#directory, target)) return unmount(this.#host, place, this.#remote);
    return this.#early.take(target) || unmountShare(this.#host, place, this.#remote);
  }

  async #unmountGuard(place: Place): Promise<boolean> {
    this.#isStuck = true;
    const changed = await unmountGuard(this.#host, place, this.#remote);
    this.#isStuck = false;
    return changed;
  }

  #unuse(path: string): boolean {
    const place = this.#reach.find(dirname(path));
    return place !== undefined && removeUser(this.#host, place, basename(path));
  }

  #remove(path: string): boolean {
    const place = this.#reach.find(path);
    if (!place) return false;
    this.#reach.forget(path);
    if (path === `${this.#directory}/${MARK}`) return !this.#isStuck && removeMark(this.#host, place);
    // Placeholders are in the hub. Beside the hub, only directories are ours.
    return isInHub(this.#directory, path)
      ? removePlaceholder(this.#host, place)
      : removeDirectory(this.#host, place);
  }
}
