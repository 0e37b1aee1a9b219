import { List } from "./list";
import { Text } from "./text";

/**
 * Where the first text stands that came before; -1 where all of them differ. It sorts, where a hash without a secret
 * could be made slow by texts chosen for it.
 */
export function firstDouble(texts: List<Text>): i32 {
  const order = sorted(texts);
  let first = -1;
  for (let i = 1; i < texts.length; i++) {
    const place = placeAt(order, i);
    if (!texts[place].equals(texts[placeAt(order, i - 1)])) continue;
    if (first < 0 || place < first) first = place;
  }
  return first;
}

/** The places of texts in the order of their bytes, equal ones in the order in which they stand: a merge sort. */
function sorted(texts: List<Text>): usize {
  const count = texts.length;
  let from = heap.alloc(<usize>count << 2);
  let to = heap.alloc(<usize>count << 2);
  for (let i = 0; i < count; i++) setPlace(from, i, i);
  for (let width = 1; width < count; width <<= 1) {
    for (let begin = 0; begin < count; begin += width << 1) merge(texts, from, to, begin, width);
    const merged = to;
    to = from;
    from = merged;
  }
  return from;
}

// Merges the two sorted runs of `width` places that begin at `begin`; the last ones of all may be shorter.
function merge(texts: List<Text>, from: usize, to: usize, begin: i32, width: i32): void {
  const middle = min(begin + width, texts.length);
  const end = min(middle + width, texts.length);
  let left = begin;
  let right = middle;
  for (let i = begin; i < end; i++) {
    const takesLeft = right == end || (left < middle && !isBefore(texts, placeAt(from, right), placeAt(from, left)));
    setPlace(to, i, placeAt(from, takesLeft ? left++ : right++));
  }
}

function isBefore(texts: List<Text>, place: i32, other: i32): bool {
  const left = texts[place];
  const right = texts[other];
  const order = memory.compare(left.start, right.start, min(left.length, right.length));
  return order < 0 || (order == 0 && left.length < right.length);
}

@inline
function placeAt(order: usize, index: i32): i32 {
  return load<i32>(order + (<usize>index << 2));
}

@inline
function setPlace(order: usize, index: i32, place: i32): void {
  store<i32>(order + (<usize>index << 2), place);
}
