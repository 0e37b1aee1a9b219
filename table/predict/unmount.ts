import type { Namespace } from "./namespace.ts";
import { followersOf, placeOn } from "./propagate.ts";
import type { SimulatedMount } from "./simulated-mount.ts";

/** Unmounts a mount with all below it, and their copies wherever they propagated to. */
export function unmount(namespace: Namespace, top: SimulatedMount): void {
  const ended = new Set(top.tree());
  const copies = copiesOf(namespace, ended);
  keepNeeded(copies, ended);
  const all = new Set([...ended, ...copies]);
  for (const copy of copies) uncover(copy, all);
  namespace.end(all);
}

// What is mounted at the same place of each mount that follows the parent.
function copiesOf(namespace: Namespace, ended: ReadonlySet<SimulatedMount>): Set<SimulatedMount> {
  const copies = new Set<SimulatedMount>();
  for (const mount of ended) {
    if (!mount.parent) continue;
    for (const follower of followersOf(mount.parent, namespace.groups)) {
      const place = placeOn(follower, mount.parent, mount.target);
      const copy = place === undefined ? undefined : follower.childAt(place);
      if (copy && !ended.has(copy)) copies.add(copy);
    }
  }
  return copies;
}

// A copy stays while something is mounted on it that stays, but for what covers it whole.
function keepNeeded(copies: Set<SimulatedMount>, ended: ReadonlySet<SimulatedMount>): void {
  const isKept = (child: SimulatedMount, copy: SimulatedMount) =>
    child.target !== copy.target && !copies.has(child) && !ended.has(child);
  const waiting = [...copies];
  for (let copy = waiting.pop(); copy; copy = waiting.pop()) {
    const needed = copy;
    if (!copies.has(copy) || ![...copy.children].some((child) => isKept(child, needed))) continue;
    copies.delete(copy);
    if (copy.parent && copies.has(copy.parent)) waiting.push(copy.parent);
  }
}

// What covers a copy that ends, and stays itself, is mounted in its place.
function uncover(copy: SimulatedMount, ended: ReadonlySet<SimulatedMount>): void {
  const covering = copy.childAt(copy.target);
  if (!covering || ended.has(covering)) return;
  let place = copy;
  for (
    let { parent } = copy;
    parent && ended.has(parent) && parent.target === copy.target;
    { parent } = parent
  )
    place = parent;
  const { parent } = place;
  if (!parent) return;
  place.detach();
  covering.attachTo(parent, copy.target);
}
