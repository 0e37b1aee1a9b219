import { lstat, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { GUEST_CACHE_MS } from "../../words/guest-cache.ts";
import type { GuestMount } from "../guest/guest-mount.ts";
import { sourcesInView } from "./sources-in-view.ts";

/** How often the sources are looked at, and how long a guest believes what it has seen of one. */
interface Times {
  readonly lookEveryMs: number;
  readonly guestCacheMs: number;
}

const usualTimes: Times = { lookEveryMs: 1000, guestCacheMs: GUEST_CACHE_MS };
// A larger volume is no configmap: Kata's agent gives up far below.
const MOST_ENTRIES = 4096;

/**
 * The host's configmaps and secrets that a guest has copies of. A share of them stays when they change, so that no event tells of it.
 */
export class CopiedSources {
  readonly #directory: string;
  readonly #times: Times;
  /** What each looked like. */
  #known: ReadonlyMap<string, string> = new Map();

  /** In what virtiofsd exports. */
  constructor(directory: string, times: Times = usualTimes) {
    this.#directory = directory;
    this.#times = times;
  }

  /** From now on these are looked at: the sources of the copies among what a guest mounts. To be called before it copies them. */
  async set(mounts: readonly GuestMount[]): Promise<void> {
    const known = new Map<string, string>();
    for (const source of sourcesInView(mounts, ["copy"])) {
      const path = join(this.#directory, source);
      known.set(path, this.#known.get(path) ?? (await signatureOf(path)));
    }
    this.#known = known;
  }

  /** Gives something after each change, once a guest can see it, until the signal ends it. */
  async *changes(signal: AbortSignal): AsyncGenerator<void, void, void> {
    const { lookEveryMs, guestCacheMs } = this.#times;
    while (await pause(lookEveryMs, signal))
      if ((await this.#hasChanged()) && (await pause(guestCacheMs, signal))) yield;
  }

  async #hasChanged(): Promise<boolean> {
    const known = this.#known;
    const now = new Map<string, string>();
    for (const path of known.keys()) now.set(path, await signatureOf(path));
    // Others may have been set meanwhile.
    if (this.#known !== known) return false;
    this.#known = now;
    return [...now].some(([path, signature]) => known.get(path) !== signature);
  }
}

/** False once the signal has ended it. */
function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  return sleep(ms, true, { signal, ref: false }).catch(() => false);
}

/**
 * What a directory and all below it look like: changed entries look otherwise. Kubelet before 1.27 gives files their group again each
 * minute, which changes nothing but their ctime: so that is no part of it.
 */
async function signatureOf(path: string): Promise<string> {
  const lines: string[] = [];
  const waiting = [path];
  for (let next = waiting.pop(); next !== undefined && lines.length < MOST_ENTRIES; next = waiting.pop()) {
    try {
      const entry = await lstat(next);
      const link = entry.isSymbolicLink() ? await readlink(next) : "";
      const { ino, mode, uid, gid, size, mtimeMs } = entry;
      lines.push([next, ino, mode, uid, gid, size, mtimeMs, link].join("\0"));
      if (entry.isDirectory())
        for (const name of (await readdir(next)).sort()) waiting.push(join(next, name));
    } catch (error) {
      // Gone, or not for us: that is a state as well.
      lines.push(`${next}\0${(error as NodeJS.ErrnoException).code}`);
    }
  }
  return lines.join("\n");
}
