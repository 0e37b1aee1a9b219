import { type Trait, traits } from "../marks.ts";

const names = Object.keys(traits) as Trait[];
const bits = new Map(names.map((name, at) => [name, 1 << at]));
// Of all sets that there can be, once they are asked for.
const lists: (readonly Trait[] | undefined)[] = [];

/** What holds for a row or a curve. */
export class TraitSet {
  #bits = 0;

  constructor(...traits: readonly Trait[]) {
    for (const trait of traits) this.add(trait);
  }

  add(trait: Trait): void {
    this.#bits |= bits.get(trait) ?? 0;
  }

  delete(trait: Trait): void {
    this.#bits &= ~(bits.get(trait) ?? 0);
  }

  has(trait: Trait): boolean {
    return (this.#bits & (bits.get(trait) ?? 0)) !== 0;
  }

  /** All of them, in the order of `traits`. Rows with the same ones have one list. */
  get list(): readonly Trait[] {
    lists[this.#bits] ??= names.filter((name) => this.has(name));
    return lists[this.#bits] ?? [];
  }
}
