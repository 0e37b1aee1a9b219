import { type FilePlace, type HostPlace, keyOfFile, keysAbove, keysOf } from "./host-place.ts";
import { MountsBelow } from "./mounts-below.ts";

/** How a source and a place of a rule meet. */
export interface Meeting<Rule> {
  readonly rule: Rule;
  /** The source is the place, or is below it; or it has the place in it; or it is an overlay of such a place. */
  readonly how: "is" | "is below" | "has" | "shows";
}

/** Places of rules, among which those that a source shows are found. */
export interface Places<Rule> {
  /** The rule that a source breaks, by itself or by what is mounted below it; undefined if there is none. */
  meeting(source: HostPlace, withBelow: boolean): Meeting<Rule> | undefined;
}

// The kernel has no overlay of an overlay of an overlay.
const DEEPEST = 2;

/** What places stand for. */
export interface Extent {
  /** Whether they stand for themselves alone, and not for what is below. */
  readonly withoutBelow?: boolean;
  /** Of which layers of an overlay they are to be found: of all unless it is said. */
  readonly layers?: "all" | "upper" | "none";
}

/** The places of some rules, among which those that a source shows are found in as many steps as its path has names. */
export class PlaceIndex<Rule> implements Places<Rule> {
  readonly #rules = new Map<string, Rule>();
  readonly #above = new Map<string, Rule>();
  readonly #withBelow: boolean;
  readonly #layers: Extent["layers"];
  readonly #below = new MountsBelow((mounts) => this.#amongMounts(mounts));
  #longest = 0;

  /** What is below the places is theirs as well, unless their extent is less. */
  constructor({ withoutBelow = false, layers = "all" }: Extent = {}) {
    this.#withBelow = !withoutBelow;
    this.#layers = layers;
  }

  /** Adds the place of a rule. */
  add(place: Pick<HostPlace, "path" | "file">, rule: Rule): void {
    for (const key of keysOf(place)) {
      this.#longest = Math.max(this.#longest, key.length);
      if (!this.#rules.has(key)) this.#rules.set(key, rule);
      for (const above of keysAbove(key)) if (!this.#above.has(above)) this.#above.set(above, rule);
    }
  }

  meeting(source: HostPlace, withBelow: boolean): Meeting<Rule> | undefined {
    const meeting = this.#itself(source) ?? this.#amongLayers(source.file?.layers);
    return meeting || !withBelow ? meeting : this.#below.in(source.below);
  }

  #itself(place: HostPlace): Meeting<Rule> | undefined {
    for (const key of keysOf(place)) {
      const meeting = this.#isOrIsBelow(key) ?? this.#has(key);
      if (meeting) return meeting;
    }
    return undefined;
  }

  #amongMounts(mounts: readonly FilePlace[]): Meeting<Rule> | undefined {
    for (const mount of mounts) {
      const key = keyOfFile(mount);
      const rule = this.#isOrIsBelow(key)?.rule ?? this.#above.get(key);
      if (rule !== undefined) return { rule, how: "has" };
      const layered = this.#amongLayers(mount.layers);
      if (layered) return layered;
    }
    return undefined;
  }

  #amongLayers(layers: FilePlace["layers"], depth = DEEPEST): Meeting<Rule> | undefined {
    if (this.#layers === "none" || depth === 0) return undefined;
    for (const { place, isUpper } of layers ?? []) {
      if ("unknown" in place || (this.#layers === "upper" && !isUpper)) continue;
      const meeting = this.#itself(place) ?? this.#amongLayers(place.file?.layers, depth - 1);
      if (meeting) return { rule: meeting.rule, how: "shows" };
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
