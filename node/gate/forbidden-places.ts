import { type FilePlace, type HostPlace, keyOfFile, keysAbove, keysOf } from "./host-place.ts";

/** How a source and a place of a rule meet. */
export interface Meeting<Rule> {
  readonly rule: Rule;
  /** The source is the place, or is below it; or it has the place in it. */
  readonly how: "is" | "is below" | "has";
}

/** The places of some rules, among which those that a source shows are found in as many steps as its path has names. */
export class ForbiddenPlaces<Rule> {
  readonly #rules = new Map<string, Rule>();
  readonly #above = new Map<string, Rule>();
  readonly #withBelow: boolean;
  #longest = 0;

  /** What is below the places is theirs as well, unless the places stand for themselves alone. */
  constructor(extent: "with what is below" | "themselves" = "with what is below") {
    this.#withBelow = extent !== "themselves";
  }

  /** Adds the place of a rule. */
  add(place: HostPlace, rule: Rule): void {
    for (const key of keysOf(place)) {
      this.#longest = Math.max(this.#longest, key.length);
      if (!this.#rules.has(key)) this.#rules.set(key, rule);
      for (const above of keysAbove(key)) if (!this.#above.has(above)) this.#above.set(above, rule);
    }
  }

  /** The rule that a source breaks, by itself or by what is mounted below it; undefined if there is none. */
  meeting(source: HostPlace, withBelow: boolean): Meeting<Rule> | undefined {
    for (const key of keysOf(source)) {
      const meeting = this.#isOrIsBelow(key) ?? this.#has(key);
      if (meeting) return meeting;
    }
    return withBelow ? this.#amongMounts(source.below) : undefined;
  }

  #amongMounts(mounts: readonly FilePlace[]): Meeting<Rule> | undefined {
    for (const mount of mounts) {
      const key = keyOfFile(mount);
      const rule = this.#isOrIsBelow(key)?.rule ?? this.#above.get(key);
      if (rule !== undefined) return { rule, how: "has" };
    }
    return undefined;
  }

  #isOrIsBelow(key: string): Meeting<Rule> | undefined {
    const rule = this.#rules.get(key);
    if (rule !== undefined) return { rule, how: "is" };
    if (!this.#withBelow) return undefined;
    // What is longer than all places is cut: a source of four thousand names costs no more than a short one.
    const start = key.length <= this.#longest ? key : key.slice(0, this.#longest + 1);
    for (const above of keysAbove(start)) {
      const found = above === start && start !== key ? undefined : this.#rules.get(above);
      if (found !== undefined) return { rule: found, how: "is below" };
    }
    return undefined;
  }

  #has(key: string): Meeting<Rule> | undefined {
    const rule = this.#above.get(key);
    return rule === undefined ? undefined : { rule, how: "has" };
  }
}
