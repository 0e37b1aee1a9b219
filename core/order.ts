import { List } from "./list";
import { Text } from "./text";

/**
 * The indexes of texts, sorted by the texts' bytes; equal texts keep their order. With `paths`, a slash sorts before all other
 * bytes, so that a path is followed at once by the paths below it.
 *
 * A natural merge sort: a hash table without a secret could be made slow by texts that are chosen to collide.
 */
@final @unmanaged
export class Order {
  private from: usize;
  private to: usize;

  constructor(
    private readonly texts: List<Text>,
    private readonly paths: bool,
  ) {
    const count = texts.length;
    this.from = heap.alloc(<usize>count << 2);
    this.to = heap.alloc(<usize>count << 2);
    // The first indexes of the runs that are sorted already.
    const runs: List<i32> = new List<i32>();
    for (let i = 0; i < count; i++) {
      store<i32>(this.from + (<usize>i << 2), i);
      if (i == 0 || this.isBefore(i, i - 1)) runs.push(i);
    }
    while (runs.length > 1) this.mergeAll(runs);
  }

  /** The index of the text at this position of the order. */
  @operator("[]")
  at(position: i32): i32 {
    return load<i32>(this.from + (<usize>position << 2));
  }

  // Merges each run with the next one.
  private mergeAll(runs: List<i32>): void {
    const count = runs.length;
    const all = this.texts.length;
    for (let run = 0; run < count; run += 2) {
      const begin = runs[run];
      const middle = run + 1 < count ? runs[run + 1] : all;
      this.merge(begin, middle, run + 2 < count ? runs[run + 2] : all);
      runs.set(run >> 1, begin);
    }
    runs.length = (count + 1) >> 1;
    const merged = this.to;
    this.to = this.from;
    this.from = merged;
  }

  // Merges the sorted runs from `begin` to `middle` and from `middle` to `end`.
  private merge(begin: i32, middle: i32, end: i32): void {
    let left = begin;
    let right = middle;
    for (let i = begin; i < end; i++) {
      const takesLeft = right == end || (left < middle && !this.isBefore(this.at(right), this.at(left)));
      store<i32>(this.to + (<usize>i << 2), this.at(takesLeft ? left++ : right++));
    }
  }

  private isBefore(index: i32, other: i32): bool {
    const left = this.texts[index];
    const right = this.texts[other];
    const length = min(left.length, right.length);
    let i = 0;
    while (i + 8 <= length && load<u64>(left.start + i) == load<u64>(right.start + i)) i += 8;
    while (i < length && left.at(i) == right.at(i)) i += 1;
    if (i == length) return left.length < right.length;
    return this.weight(left.at(i)) < this.weight(right.at(i));
  }

  @inline
  private weight(byte: u8): i32 {
    return this.paths && byte == 0x2f ? -1 : byte;
  }
}
