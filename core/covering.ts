import { List } from "./list";
import { Order } from "./order";
import { isAtOrBelow } from "./path";
import { Text } from "./text";

/**
 * For each cleaned path, of mounts that are made in their order, where the mount stands that hides it in the end: the last
 * of the later ones at the path itself or above it. -1 where nothing hides it.
 */
export function coveringOf(paths: List<Text>): List<i32> {
  const order = new Order(paths, true);
  const covering: List<i32> = new List<i32>();
  for (let i = 0; i < paths.length; i++) covering.push(-1);
  // The paths that the present one lies at or below, outermost first, and of each the last mount there or above it.
  const above: List<i32> = new List<i32>();
  const lasts: List<i32> = new List<i32>();
  let i = 0;
  while (i < paths.length) {
    const path = paths[order[i]];
    while (above.length > 0 && !isAtOrBelow(path, paths[above.last()])) {
      above.pop();
      lasts.pop();
    }
    const end = endOfEqual(paths, order, i);
    // Equal paths stand in the order of their mounts.
    const here = order[end - 1];
    const last = lasts.length > 0 ? max(lasts.last(), here) : here;
    for (; i < end; i++) {
      if (order[i] < last) covering.set(order[i], last);
    }
    above.push(here);
    lasts.push(last);
  }
  return covering;
}

// Where the paths end that are equal to the one at this index of the order.
function endOfEqual(paths: List<Text>, order: Order, begin: i32): i32 {
  let end = begin + 1;
  while (end < paths.length && paths[order[end]].equals(paths[order[begin]])) end += 1;
  return end;
}
