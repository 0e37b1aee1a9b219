import { readFileSync } from "node:fs";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { HostMounts } from "./host-mounts.ts";
import type { HostPlace, HostView, UnknownPlace } from "./host-place.ts";
import type { LinkSession } from "./link-reader.ts";
import { LookDeadline, type LookTimes } from "./look-deadline.ts";
import type { AskedPaths } from "./mount-lines.ts";
import { kernelScheduler, type Scheduler } from "./scheduler.ts";
import { type ReadLink, walkTo } from "./walk.ts";
import { pathsTooLong, WalkBudget } from "./walk-budget.ts";

type ReadOn = (at: string, filesystem: string) => ReturnType<ReadLink>;

// So many are looked at before others are answered.
const PATHS_IN_A_TURN = 8;

/** How the host is looked at. */
export interface LookOptions extends LookTimes {
  /** The process in whose mount namespace and root the paths are, or "own" for this one. */
  readonly process: number | "own";
  /** Reads the links. */
  readonly links: LinkSession;
  /** Says who waits for a processor. Default: this machine's. */
  readonly scheduler?: Scheduler | undefined;
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
    return this.#places.get(path) ?? { unknown: "the host was not asked" };
  }

  async at(asked: AskedPaths, options: LookOptions): Promise<void> {
    const { process, links, scheduler = kernelScheduler } = options;
    const deadline = new LookDeadline(options, scheduler);
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
      for (const paths of [others, sources]) await this.#findAll(paths, mounts, read, deadline);
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

  async #findAll(
    paths: readonly string[],
    mounts: HostMounts,
    read: ReadOn,
    deadline: LookDeadline,
  ): Promise<void> {
    const budget = new WalkBudget(deadline);
    const walks: Promise<void>[] = [];
    for (const [i, path] of paths.entries()) {
      if (!this.#places.has(path)) walks.push(this.#find(path, mounts, read, budget));
      if (i % PATHS_IN_A_TURN === PATHS_IN_A_TURN - 1) await nextTurn();
    }
    const late = await settledBefore(deadline, walks);
    if (late) for (const path of paths) if (!this.#places.has(path)) this.#places.set(path, late);
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

/** Waits for all, or until a deadline; gives why it is over then. */
async function settledBefore(
  deadline: LookDeadline,
  work: readonly Promise<unknown>[],
): Promise<UnknownPlace | undefined> {
  let isSettled = false;
  const settled = Promise.allSettled(work).then(() => {
    isSettled = true;
  });
  const stopping = new AbortController();
  try {
    for (;;) {
      const pause = sleep(deadline.nextMs, undefined, { signal: stopping.signal }).catch(() => {});
      await Promise.race([settled, pause]);
      // What came while this thread waited for a processor is only seen in the next turn.
      if (!isSettled) await nextTurn();
      if (isSettled) return undefined;
      const late = deadline.unknown;
      if (late) return late;
    }
  } finally {
    stopping.abort();
  }
}
