import { List } from "./list";
import { Order } from "./order";
import { Text } from "./text";

/** The index of the first text that is equal to an earlier one; -1 if all differ. */
export function firstDuplicate(texts: List<Text>): i32 {
  const firsts = firstOfEach(texts);
  for (let i = 0; i < texts.length; i++) {
    if (firsts[i] != i) return i;
  }
  return -1;
}

/** For each text the index of the first text that is equal to it, which may be itself. */
export function firstOfEach(texts: List<Text>): List<i32> {
  const order = new Order(texts, false);
  const firsts: List<i32> = new List<i32>();
  for (let i = 0; i < texts.length; i++) firsts.push(i);
  for (let i = 1; i < texts.length; i++) {
    const before = order[i - 1];
    if (texts[order[i]].equals(texts[before])) firsts.set(order[i], firsts[before]);
  }
  return firsts;
}
