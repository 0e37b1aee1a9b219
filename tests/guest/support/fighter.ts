import type { Guest } from "./guest.ts";

/** What a fighter does with its paths without a pause; guest/fight.c says how. */
export type Way = "swap" | "plant" | "move" | "scribble";

/** A process of the guest that changes names under the host's hands. */
export class Fighter {
  /** What it does. */
  readonly what: string;
  readonly #guest: Guest;
  readonly #number: number;

  private constructor(guest: Guest, what: string, number: number) {
    this.#guest = guest;
    this.what = what;
    this.#number = number;
  }

  static async start(guest: Guest, way: Way, ...paths: readonly string[]): Promise<Fighter> {
    const number = await guest.call<number>("fight", way, ...paths);
    return new Fighter(guest, `${way} ${paths.join(" ")}`, number);
  }

  /** How often it did by now what it is for. */
  fought(): Promise<number> {
    return this.#guest.call("fought", String(this.#number));
  }

  /** Ends it; how often it did what it is for. */
  stop(): Promise<number> {
    return this.#guest.call("stop", String(this.#number));
  }
}
