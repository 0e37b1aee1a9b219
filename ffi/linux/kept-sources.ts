import { clearTimeout, setTimeout } from "node:timers";
import type { Source } from "./source.ts";
import type { Syscalls } from "./syscalls.ts";

// How many a process keeps at a time; it may have no more than 1,024 descriptors, or 256.
const MOST_KEPT = 128;
let kept = 0;

/**
 * Sources that stay open from the look at them to their share, so that none is opened twice, and what is shared is what was looked
 * at. They are of filesystems on this machine alone: nobody waits for a server to close one.
 */
export class KeptSources {
  readonly #sys: Syscalls;
  readonly #sources = new Map<string, Source>();
  readonly #timer: NodeJS.Timeout;

  /** Those that were not taken after a while are closed: nobody can unmount what is open. */
  constructor(sys: Syscalls, { keepMs }: { keepMs: number }) {
    this.#sys = sys;
    this.#timer = setTimeout(() => this.clear(), keepMs);
  }

  /** Takes over a source's descriptor; false where there is one for the path, or no room. */
  keep(path: string, source: Source): boolean {
    if (kept >= MOST_KEPT || this.#sources.has(path)) return false;
    this.#sources.set(path, source);
    kept += 1;
    return true;
  }

  /** Hands over the source that was at a path, which the caller closes; undefined where none was kept. */
  take(path: string): Source | undefined {
    const source = this.#sources.get(path);
    if (source && this.#sources.delete(path)) kept -= 1;
    return source;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.clear();
  }

  /** Closes all that were not taken. */
  clear(): void {
    for (const { fd } of this.#sources.values()) this.#sys.closeLater(fd);
    kept -= this.#sources.size;
    this.#sources.clear();
    this.#sys.closeLate();
  }
}
