import type { SimulatedMount } from "./simulated-mount.ts";

/** How a tree of mounts is copied. */
export interface TreeCopying {
  /** Gives a detached copy of one mount. */
  copy(mount: SimulatedMount): SimulatedMount;
  /** Whether a mount below the top is copied, with all on it. Default: all are. */
  has?(mount: SimulatedMount): boolean;
}

/** A detached copy of a mount with those below it. Unbindable ones are left out, with all on them, as the kernel does. */
export function copyTree(top: SimulatedMount, { copy, has = () => true }: TreeCopying): SimulatedMount {
  const topCopy = copy(top);
  topCopy.target = top.target;
  const waiting = [{ mount: top, copied: topCopy }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    for (const child of next.mount.children) {
      if (child.isUnbindable || !has(child)) continue;
      const copied = copy(child);
      copied.attachTo(next.copied, child.target);
      waiting.push({ mount: child, copied });
    }
  }
  return topCopy;
}
