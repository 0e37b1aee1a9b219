import { type FSWatcher, watch } from "node:fs";

/**
 * Calls back when something in a directory may have changed. It may miss that: there are not always watches to be had, and
 * the kernel drops events when there are too many. Whoever has to know looks by himself from time to time.
 */
export class Nudge {
  readonly #path: string;
  readonly #call: () => void;
  #watcher: FSWatcher | undefined;
  #identity: string | undefined;

  constructor(path: string, call: () => void) {
    this.#path = path;
    this.#call = call;
  }

  /** Watches the directory that has the path by now, if it is not the one that is watched. */
  follow(identity: string | undefined): void {
    if (this.#watcher && this.#identity === identity) return;
    this.close();
    this.#identity = identity;
    try {
      this.#watcher = watch(this.#path, { persistent: false }, this.#call);
      this.#watcher.on("error", () => this.close());
    } catch {
      // No directory, no watch to be had, or no permission: it is tried again when the directory is looked at.
    }
  }

  close(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }
}
