import { List } from "./list";
import { Order } from "./order";
import { isAtOrBelow } from "./path";
import { Text } from "./text";

/**
 * For each mount the index of the mount that covers it: the last later one at the same path or above it; -1 if none does.
 * `paths` are the mount points, cleaned, in the order in which they are mounted.
 */
export function coveredBy(paths: List<Text>): List<i32> {
  const order = new Order(paths, true);
  const covering: List<i32> = new List<i32>();
  for (let i = 0; i < paths.length; i++) covering.push(-1);
  // The mounts whose paths lead down to the current one, outermost first. With each, the latest mount at its path or above.
  const ancestors: List<i32> = new List<i32>();
  const latests: List<i32> = new List<i32>();
  let i = 0;
  while (i < paths.length) {
    const path = paths[order[i]];
    while (ancestors.length > 0 && !isAtOrBelow(path, paths[ancestors.last()])) {
      ancestors.pop();
      latests.pop();
    }
    const end = endOfEqual(paths, order, i);
    // Equal paths are sorted by index, so the last one is the latest mount here.
    const here = order[end - 1];
    const latest = latests.length > 0 ? max(latests.last(), here) : here;
    for (; i < end; i++) {
      if (order[i] < latest) covering.set(order[i], latest);
    }
    ancestors.push(here);
    latests.push(latest);
  }
  return covering;
}

// The end of the run of equal paths that begins at this index of the order.
function endOfEqual(paths: List<Text>, order: Order, begin: i32): i32 {
  let end = begin + 1;
  while (end < paths.length && paths[order[end]].equals(paths[order[begin]])) end += 1;
  return end;
}
