import { setTimeout as wait } from "node:timers/promises";
import { gc } from "../../ffi/mod.ts";
import { libc } from "../support/runtimes.ts";
import { Worker } from "../support/sandbox/worker.ts";
import { random, type Scratch } from "../support/scratch.ts";
import type { Dice } from "./dice.ts";

const KILL_BEFORE = 60;

/** What came of rounds beside a collector of garbage. */
export interface CollectingFigures {
  readonly collected: number;
  readonly kills: number;
  /** What of a living sandbox was lost. */
  readonly wrong: readonly string[];
}

/**
 * Sandboxes that a process prepares and shares in, that die and come back, while garbage is collected all the time. Some of the
 * processes are killed in the middle, and then another one goes on. Nothing of a sandbox may go while it is said to live.
 */
export async function playCollecting(
  scratch: Scratch,
  rounds: number,
  dice: Dice,
): Promise<CollectingFigures> {
  const collector = new Collector(scratch);
  const sharing = new Sharing(scratch, collector.living, dice);
  const collecting = collector.run();
  try {
    for (let round = 0; round < rounds; round += 1) await sharing.play(round);
  } finally {
    collector.isOver = true;
    await Promise.all([collecting, sharing.end()]);
  }
  return {
    collected: collector.collected,
    kills: sharing.kills,
    wrong: [...sharing.wrong, ...collector.wrong],
  };
}

class Collector {
  readonly living = new Set<string>();
  readonly wrong: string[] = [];
  collected = 0;
  isOver = false;
  readonly #hostDir: string;

  constructor({ hostDir }: Scratch) {
    this.#hostDir = hostDir;
  }

  async run(): Promise<void> {
    const options = {
      hostDir: this.#hostDir,
      graceMs: 0,
      living: () => [...this.living],
      remove: true,
      libc,
    };
    while (!this.isOver) {
      for (const { isRemoved, error, id } of await gc(options)) {
        if (error !== undefined) this.wrong.push(`${id} could not be collected: ${error}`);
        if (isRemoved) this.collected += 1;
      }
      await wait(1);
    }
  }
}

class Sharing {
  kills = 0;
  readonly wrong: string[] = [];
  readonly #scratch: Scratch;
  readonly #living: Set<string>;
  readonly #dice: Dice;
  readonly #mount: { source: string; destination: string };
  #worker: Promise<Worker> | undefined;

  constructor(scratch: Scratch, living: Set<string>, dice: Dice) {
    this.#scratch = scratch;
    this.#living = living;
    this.#dice = dice;
    this.#mount = { source: scratch.file("data"), destination: "/data" };
  }

  async play(round: number): Promise<void> {
    const id = `s${round % 3}`;
    this.#living.add(id);
    const sandbox = this.#scratch.sandbox({ id });
    const calls = [["prepare"], ["shareFile", { id: "c1" }, this.#mount, { random }]] as const;
    if (this.#dice.onceIn(10)) {
      const worker = await this.#start();
      this.#worker = undefined;
      await worker.die({ sandbox, calls, killAt: this.#dice.below(KILL_BEFORE) });
      this.kills += 1;
    }
    const ends = await (await this.#start()).obey({ sandbox, calls });
    for (const { end, message } of ends) if (end !== "ok") this.wrong.push(`round ${round}: ${message}`);
    const shares = await this.#scratch.share({ id }).list();
    if (shares.length !== 1) this.wrong.push(`round ${round}: ${id} lost its share`);
    this.#living.delete(id);
  }

  #start(): Promise<Worker> {
    this.#worker ??= Worker.start();
    return this.#worker;
  }

  async end(): Promise<void> {
    await (await this.#worker)?.end();
  }
}
