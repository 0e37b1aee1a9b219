import { existsSync, readdirSync } from "node:fs";
import type { LibcName } from "../../ffi/mod.ts";
import { mountsBelow } from "../support/mounts.ts";
import type { Call } from "../support/programs/obey.ts";
import type { Scratch } from "../support/scratch.ts";
import type { Dice } from "./dice.ts";
import { type Ends, Engine, type Share } from "./engine.ts";
import { contentOf } from "./look.ts";

/** What came of engines at one sandbox. */
export interface Togetherness {
  readonly operations: number;
  readonly kills: number;
  /** Operations of the other namespace, all of which have to be refused. */
  readonly refused: number;
  readonly wrong: readonly string[];
}

/**
 * Engines share and unshare at one sandbox at the same time, some killed at a system call; beside them a process in a second
 * mount namespace tries the same. No operation may fail by another's, or by what a killed one left.
 */
export class Together {
  readonly #scratch: Scratch;
  readonly #dice: Dice;
  readonly #engines: readonly Engine[];
  readonly #wrong: string[] = [];
  #stranger: Engine | undefined;
  #operations = 0;
  #kills = 0;
  #refused = 0;

  constructor(scratch: Scratch, dice: Dice, names: readonly LibcName[]) {
    this.#scratch = scratch;
    this.#dice = dice;
    this.#engines = names.map((name) => new Engine(name));
    scratch.file("file");
    scratch.file("root/file", "file");
  }

  async play(rounds: number): Promise<Togetherness> {
    try {
      for (let round = 0; round < rounds; round += 1) await this.#round(round);
      await this.#cleanUp(rounds);
    } finally {
      await Promise.all(
        [...this.#engines, ...(this.#stranger ? [this.#stranger] : [])].map((one) => one.end()),
      );
    }
    const [operations, kills, refused] = [this.#operations, this.#kills, this.#refused];
    return { operations, kills, refused, wrong: this.#wrong };
  }

  // Once in a while everything begins anew. The stranger's namespace is made before or after that.
  async #round(round: number): Promise<void> {
    if (round === 0 || this.#dice.onceIn(10)) await this.#changeStranger();
    if (round === 0 || this.#dice.onceIn(25)) {
      await this.#cleanUp(round);
      const [prepared] = (await this.#dice.oneOf(this.#engines).obey(this.#scratch, [["prepare"]])) ?? [];
      if (prepared?.end !== "ok") this.#wrong.push(`round ${round}: prepare: ${prepared?.message}`);
    }
    await Promise.all([
      ...this.#engines.map((engine) => this.#share(round, engine)),
      this.#tryFromThere(round),
    ]);
    for (const engine of this.#engines) for (const share of engine.shares) this.#look(round, engine, share);
    this.#lookAtCommon(round);
  }

  async #share(round: number, engine: Engine): Promise<void> {
    const shares = engine.shares.filter(() => this.#dice.onceIn(2));
    const calls: Call[] = [["prepare"], ...engine.callsFor(this.#scratch, shares)];
    const before = shares.map(({ isThere }) => isThere);
    for (const share of shares) share.isThere = undefined;
    const ends: Ends = await engine.obey(this.#scratch, calls, this.#dice);
    if (ends === undefined) this.#kills += 1;
    this.#operations += calls.length;
    for (const [i, { end, message }] of (ends ?? []).entries()) {
      if (end !== "ok") this.#wrong.push(`round ${round}, ${engine.name}: ${calls[i]?.[0]}: ${message}`);
      else if (i > 0) (shares[i - 1] as Share).isThere = before[i - 1] !== true;
    }
  }

  async #tryFromThere(round: number): Promise<void> {
    const own = this.#dice.oneOf(this.#engines);
    const calls: Call[] = [["prepare"], ["cleanup"], ...own.callsFor(this.#scratch, own.shares.slice(0, 1))];
    const ends = (await this.#stranger?.obey(this.#scratch, [this.#dice.oneOf(calls)])) ?? [];
    for (const { end, message = "" } of ends) {
      if (message.includes("this sandbox is in mount namespace")) this.#refused += 1;
      else this.#wrong.push(`round ${round}, from another namespace: ${end} ${message}`);
    }
  }

  async #changeStranger(): Promise<void> {
    await this.#stranger?.end();
    const propagation = this.#dice.oneOf(["private", "slave", "unchanged"]);
    this.#stranger = new Engine(this.#dice.oneOf(this.#engines).name, [
      ...["unshare", "-m", "--propagation", propagation, "--"],
    ]);
    // It is in its namespace from here on, not from its first order.
    await this.#stranger.obey(this.#scratch, []);
  }

  #look(round: number, engine: Engine, share: Share): void {
    const name = engine.nameOf(share);
    const isSeen = contentOf(this.#scratch.view(share.isContainer ? `${name}/file` : name)) === "file";
    const isLeft = existsSync(this.#scratch.hub(name));
    if (share.isThere === true && !isSeen) this.#wrong.push(`round ${round}: lost: ${name}`);
    if (share.isThere === false && isLeft) this.#wrong.push(`round ${round}: left: ${name}`);
  }

  // The share that all containers use is there as long as one of them is.
  #lookAtCommon(round: number): void {
    const containers = this.#engines.flatMap(({ shares }) => shares.filter(({ isContainer }) => isContainer));
    const names = readdirSync(this.#scratch.view("")).filter((name) => name.startsWith("sandbox-"));
    const isSeen = names.some((name) => contentOf(this.#scratch.view(name)) === "file");
    if (containers.some(({ isThere }) => isThere === true) && !isSeen)
      this.#wrong.push(`round ${round}: lost: what containers share`);
    if (containers.every(({ isThere }) => isThere === false) && names.length > 0)
      this.#wrong.push(`round ${round}: left: ${names.join(", ")}`);
  }

  async #cleanUp(round: number): Promise<void> {
    const ends = await this.#dice.oneOf(this.#engines).obey(this.#scratch, [["cleanup"]]);
    const { hostDir } = this.#scratch;
    const left = [...mountsBelow(hostDir).map(({ point }) => point), ...readdirSync(hostDir)];
    const message = ends?.[0]?.message;
    if (message !== undefined) this.#wrong.push(`round ${round}: cleanup: ${message}`);
    if (left.length > 0) this.#wrong.push(`round ${round}: left after cleanup: ${left.join(", ")}`);
    for (const { shares } of this.#engines) for (const share of shares) share.isThere = false;
  }
}
