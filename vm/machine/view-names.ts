import { lstat, readFile, realpath } from "node:fs/promises";
import { join } from "node:path";
import { type MountEntry, readMountinfo } from "../../table/mod.ts";
import { GUEST_CACHE_MS } from "../../words/guest-cache.ts";
import type { GuestMount } from "../guest/guest-mount.ts";
import { sourcesInView } from "./sources-in-view.ts";

/** What a name led to when it was last looked at. */
interface Known {
  readonly identity: string;
  /** Since when it has been missing, as performance.now() counts; undefined while it is there. */
  readonly missingMs: number | undefined;
}

/**
 * What the names of a view lead to. By the name of a share that was removed a moment ago, a guest finds that share and not the
 * one that came after it, as long as its cache lasts.
 */
export class ViewNames {
  readonly #directory: string;
  readonly #cacheMs: number;
  #known: ReadonlyMap<string, Known> = new Map();

  /** In what virtiofsd exports. */
  constructor(directory: string, cacheMs: number = GUEST_CACHE_MS) {
    this.#directory = directory;
    this.#cacheMs = cacheMs;
  }

  /** For how many milliseconds from now a guest may find something else by the names that it mounts. */
  async staleMs(mounts: readonly GuestMount[]): Promise<number> {
    const identities = await this.#identitiesOf(mounts);
    const now = performance.now();
    const known = new Map<string, Known>();
    for (const [name, before] of this.#known) {
      const { missingMs = now } = before;
      if (now - missingMs <= this.#cacheMs) known.set(name, { ...before, missingMs });
    }
    let endMs = now;
    for (const [name, identity] of identities) {
      const before = known.get(name);
      if (before && before.identity !== identity)
        endMs = Math.max(endMs, (before.missingMs ?? now) + this.#cacheMs);
      known.set(name, { identity, missingMs: undefined });
    }
    this.#known = known;
    return endMs - now;
  }

  async #identitiesOf(mounts: readonly GuestMount[]): Promise<ReadonlyMap<string, string>> {
    const names = sourcesInView(mounts, ["bind", "copy"]);
    if (names.length === 0) return new Map();
    const directory = await realpath(this.#directory);
    const { mounts: table } = readMountinfo(await readFile("/proc/self/mountinfo"));
    const mountAt = new Map(table.map((entry) => [entry.target, entry]));
    const identities = names.map(async (name): Promise<[string, string]> => {
      const path = join(directory, name);
      return [name, await identityOf(path, mountAt.get(path))];
    });
    return new Map(await Promise.all(identities));
  }
}

// The kernel gives the id of a mount that is gone to the next one: a mount is told by what it is of, as well.
async function identityOf(path: string, mount: MountEntry | undefined): Promise<string> {
  const found = await lstat(path).catch(({ code }: NodeJS.ErrnoException) => ({ dev: code, ino: "" }));
  return JSON.stringify([found.dev, found.ino, mount?.id, mount?.device, mount?.root, mount?.attributes]);
}
