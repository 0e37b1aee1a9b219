import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { setImmediate as nextTurn } from "node:timers/promises";
import { HostMounts } from "./host-mounts.ts";
import type { HostPlace, HostView, UnknownPlace } from "./host-place.ts";
import type { LinkSession } from "./link-reader.ts";
import type { AskedPaths } from "./mount-lines.ts";
import { type ReadLink, walkTo } from "./walk.ts";
import { pathsTooLong, WalkBudget } from "./walk-budget.ts";

type ReadOn = (at: string, filesystem: string) => ReturnType<ReadLink>;

// So many are looked at before others are answered.
const PATHS_IN_A_TURN = 8;

/** How the host is looked at. */
export interface LookOptions {
  /** The process in whose mount namespace and root the paths are, or "own" for this one. */
  readonly process: number | "own";
  /** Reads the links. */
  readonly links: LinkSession;
  /** How long all of it may take. */
  readonly timeoutMs: number;
}

/** Looks where paths of the host lead: through links, and in which filesystem that is, whatever is bound where. Never rejects. */
export async function lookAtHost(asked: AskedPaths, options: LookOptions): Promise<HostView> {
  const look = new Look();
  await look.at(asked, options);
  return look;
}

class Look implements HostView {
  readonly #places = new Map<string, HostPlace | UnknownPlace>();

  placeOf(path: string): HostPlace | UnknownPlace {
    return this.#places.get(path) ?? { unknown: "the host was not asked, or has not answered in time" };
  }

  async at(asked: AskedPaths, { process, links, timeoutMs }: LookOptions): Promise<void> {
    const until = performance.now() + timeoutMs;
    const others = this.#withoutTooLong(asked.others);
    const sources = this.#withoutTooLong(asked.sources);
    const { othersWithBelow } = asked;
    const directory = `/proc/${process === "own" ? "self" : process}`;
    const root = process === "own" ? "" : `${directory}/root`;
    try {
      const mounts = new HostMounts(readFileSync(`${directory}/mountinfo`), {
        sources,
        others,
        othersWithBelow,
      });
      const read = (at: string, filesystem: string) => links.read(root, at, filesystem);
      // A container chooses its sources: whatever they are, what the others take is not theirs.
      for (const paths of [others, sources]) await this.#findAll(paths, mounts, read, until);
    } catch (error) {
      const unknown = `the host's mounts cannot be read: ${(error as NodeJS.ErrnoException).code ?? error}`;
      for (const path of [...others, ...sources]) this.#places.set(path, { unknown });
    }
    links.end();
  }

  /** The paths that are looked at; of others it is not known where they lead. */
  #withoutTooLong(paths: readonly string[]): string[] {
    const unique = [...new Set(paths)];
    const tooLong = pathsTooLong(unique);
    for (const [path, place] of tooLong) this.#places.set(path, place);
    return unique.filter((path) => !tooLong.has(path));
  }

  async #findAll(paths: readonly string[], mounts: HostMounts, read: ReadOn, until: number): Promise<void> {
    const budget = new WalkBudget(until);
    const walks: Promise<void>[] = [];
    for (const [i, path] of paths.entries()) {
      if (!this.#places.has(path)) walks.push(this.#find(path, mounts, read, budget));
      if (i % PATHS_IN_A_TURN === PATHS_IN_A_TURN - 1) await nextTurn();
    }
    await settledWithin(walks, Math.max(0, until - performance.now()));
  }

  async #find(path: string, mounts: HostMounts, read: ReadOn, budget: WalkBudget): Promise<void> {
    const readLink = (at: string) => {
      const link = read(at, mounts.at(at)?.filesystem ?? "");
      if (link !== undefined) mounts.readAll();
      return link;
    };
    const found = await walkTo(path, readLink, budget);
    this.#places.set(path, typeof found === "string" ? mounts.placeOf(found) : found);
  }
}

/** Waits for all, or for so long. */
async function settledWithin(work: readonly Promise<unknown>[], timeoutMs: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, timeoutMs);
  });
  await Promise.race([Promise.allSettled(work), late]);
  clearTimeout(timer);
}
