import { List } from "./list";
import { Text } from "./text";

/**
 * The places of texts in the order of their bytes, equal ones in the order in which they stand. As `paths`, a slash comes
 * before all other bytes, so that what lies below a path follows it at once. A merge sort: a hash without a secret could
 * be made slow by texts chosen for it.
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
    for (let i = 0; i < count; i++) store<i32>(this.from + (<usize>i << 2), i);
    const sorted = this.isInOrder();
    for (let width = 1; width < count && !sorted; width <<= 1) {
      for (let begin = 0; begin < count; begin += width << 1) this.merge(begin, width);
      const merged = this.to;
      this.to = this.from;
      this.from = merged;
    }
  }

  /** Which text comes at this index of the order. */
  @operator("[]")
  at(index: i32): i32 {
    return load<i32>(this.from + (<usize>index << 2));
  }

  private isInOrder(): bool {
    for (let i = 1; i < this.texts.length; i++) {
      if (this.isBefore(i, i - 1)) return false;
    }
    return true;
  }

  // Merges the two sorted runs of `width` places that begin at `begin`; the last ones of all may be shorter.
  private merge(begin: i32, width: i32): void {
    const middle = min(begin + width, this.texts.length);
    const end = min(middle + width, this.texts.length);
    let left = begin;
    let right = middle;
    for (let i = begin; i < end; i++) {
      const takesLeft = right == end || (left < middle && !this.isBefore(this.at(right), this.at(left)));
      store<i32>(this.to + (<usize>i << 2), this.at(takesLeft ? left++ : right++));
    }
  }

  private isBefore(place: i32, other: i32): bool {
    const left = this.texts[place];
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
