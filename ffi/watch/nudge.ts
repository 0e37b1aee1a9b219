import { type FSWatcher, watch } from "node:fs";
import { setImmediate } from "node:timers";

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
      const watcher = watch(this.#path, { persistent: false }, () => {
        this.#call();
        setImmediate(() => this.#letGo(watcher));
      });
      watcher.on("error", () => {
        if (this.#watcher === watcher) this.close();
      });
      this.#watcher = watcher;
      this.#letGo(watcher);
    } catch {
      // No directory, no watch to be had, or no permission: it is tried again when the directory is looked at.
    }
  }

  // Deno's is persistent, whatever it is told, and again so after each event.
  #letGo(watcher: FSWatcher): void {
    if (this.#watcher === watcher) watcher.unref();
  }

  close(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }
}
