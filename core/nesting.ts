import { List } from "./list";
import { Order } from "./order";
import { isAtOrBelow } from "./path";
import { Text } from "./text";

/** Where a path stands that cannot be mounted where it stands, and why; -1 where all can. */
@final @unmanaged
export class Misplaced {
  constructor(
    readonly place: i32,
    readonly isDouble: bool,
  ) {}
}

/** The first cleaned path, in their order, that is there twice, or that a later one above it would cover. */
export function misplaced(paths: List<Text>): Misplaced {
  const order = new Order(paths, true);
  // The paths that the present one lies below, outermost first.
  const above: List<i32> = new List<i32>();
  for (let i = 0; i < paths.length; i++) {
    const place = order[i];
    while (above.length > 0 && !isAtOrBelow(paths[place], paths[above.last()])) above.pop();
    if (above.length > 0) {
      if (paths[place].length == paths[above.last()].length) return new Misplaced(place, true);
      // The innermost one is the latest of those above: the others were looked at before it.
      if (above.last() > place) return new Misplaced(place, false);
    }
    above.push(place);
  }
  return new Misplaced(-1, false);
}
