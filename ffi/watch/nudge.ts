import { type FSWatcher, watch } from "node:fs";
import { setImmediate } from "node:timers";

/**
 * Calls back when something in a directory may have changed. It may miss changes: the kernel has a limited number of watches, and
 * drops events when there are too many. Whoever may miss none has to poll as well.
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

  /** Watches the directory that has the path now, unless it is watched already. */
  follow(identity: string | undefined): void {
    if (this.#watcher && this.#identity === identity) return;
    this.close();
    this.#identity = identity;
    try {
      const watcher = watch(this.#path, { persistent: false }, () => {
        this.#call();
        setImmediate(() => this.#unref(watcher));
      });
      watcher.on("error", () => {
        if (this.#watcher === watcher) this.close();
      });
      this.#watcher = watcher;
      this.#unref(watcher);
    } catch {
      // There is no directory, no watch left, or no permission. The next poll tries again.
    }
  }

  // Deno's watcher keeps the program running in spite of `persistent`, and does so again after each event.
  #unref(watcher: FSWatcher): void {
    if (this.#watcher === watcher) watcher.unref();
  }

  close(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }
}
