import * as directories from "../directories";
import { inArray } from "../json/path";
import { List } from "../list";
import { isAtOrBelow, relativeTo } from "../path";
import { refuse, refused } from "../refusal";
import { Difference, DifferenceKind } from "../request/difference";
import { Sandbox } from "../request/sandbox";
import { remove, Step, umount, unuse } from "../step";
import { Text } from "../text";
import { NeededShares } from "./needed-shares";
import { Plan } from "./plan";
import { prepare } from "./sandbox";
import { isUserFile } from "./share-places";

/**
 * Plans to make a sandbox as it should be: what is surplus is unmounted, what was left is removed, and what is missing or changed is
 * made by `steps`, those of the plans that made the shares. A hub that has to be made anew takes all shares with it, so all of
 * them are made again.
 */
export function mend(sandbox: Sandbox, differences: List<Difference>, steps: List<Step>): Plan {
  const plan = new Plan(directories.sandboxDirectory(sandbox));
  if (!sandbox.sharesFilesystem()) {
    if (differences.length > 0) refuse("needs-sharing", differences[0].target, locationOf(0));
    return plan;
  }
  const mending = new Mending(plan, new NeededShares(steps, plan.directory, differences));
  for (let i = 0; i < differences.length; i++) mending.sortFrame(differences[i]);
  for (let i = 0; i < differences.length && !refused(); i++) mending.sort(differences[i], i);
  mending.finish(sandbox);
  return plan;
}

function locationOf(index: i32): Text {
  return inArray(Text.of("differences"), index).append(".target");
}

/** Sorts differences into what is removed and what is made. */
@final @unmanaged
class Mending {
  private readonly hub: Text;
  private readonly view: Text;
  /** What is removed from the hub and the view, if they stay. Of what propagated, the copy in the view goes first. */
  private readonly inHub: List<Step> = new List<Step>();
  private readonly inView: List<Step> = new List<Step>();
  private needsFrame: bool = false;
  private needsHub: bool = false;
  private needsView: bool = false;
  /** Whether a view is there that has to go. */
  private hasView: bool = false;

  constructor(
    private readonly plan: Plan,
    private readonly shares: NeededShares,
  ) {
    this.hub = directories.hub(plan.directory);
    this.view = directories.view(plan.directory);
  }

  /** Sorts a difference of guard, hub or view. Without its guard, the hub is on a directory that a new guard would cover. */
  sortFrame(difference: Difference): void {
    if (!this.isOfFrame(difference)) return;
    const isMissing = difference.kind == DifferenceKind.Missing;
    const isGuard = difference.target.equals(this.plan.directory);
    this.needsFrame = true;
    if (difference.target.equals(this.hub) || (isGuard && isMissing)) this.needsHub = true;
    else if (!isGuard) this.needsView = true;
    if (!isGuard && !isMissing) this.hasView = true;
  }

  /** Sorts any other difference. */
  sort(difference: Difference, index: i32): void {
    const target = difference.target;
    if (!isAtOrBelow(target, this.plan.directory)) refuse("outside-sandbox", target, locationOf(index));
    else if (difference.kind == DifferenceKind.Leftover) this.sortLeftover(target, index);
    else if (difference.kind == DifferenceKind.Surplus) this.sortSurplus(target, index);
    else if (!this.isOfFrame(difference)) this.sortShare(difference, index);
  }

  private isOfFrame(difference: Difference): bool {
    const target = difference.target;
    if (difference.kind != DifferenceKind.Missing && difference.kind != DifferenceKind.Changed) return false;
    return target.equals(this.plan.directory) || target.equals(this.hub) || target.equals(this.view);
  }

  // A new view has all shares of the hub.
  private sortShare(difference: Difference, index: i32): void {
    if (this.needsView && relativeTo(this.view, difference.target) != null) return;
    const place = this.shares.placeOf(index);
    if (place == null) refuse("missing-step", difference.target, locationOf(index));
    else this.shares.need(index, difference.kind == DifferenceKind.Missing && place.equals(difference.target));
  }

  // What is mounted right on a share covers it. A share with a mount in it is made again: no step reaches into a share.
  private sortSurplus(target: Text, index: i32): void {
    const inHub = relativeTo(this.hub, target);
    const inView = relativeTo(this.view, target);
    const place = this.shares.placeOf(index);
    if (inHub == null && inView == null) this.plan.add(umount(target));
    else if (place != null && isDeeper(target, place, inHub != null ? this.hub : this.view, this.hub)) {
      this.shares.need(index, false);
    } else if (inHub != null) this.inHub.push(umount(target));
    else this.inView.push(umount(target));
  }

  private sortLeftover(path: Text, index: i32): void {
    const inHub = relativeTo(this.hub, path);
    if (inHub == null) refuse("outside-sandbox", path, locationOf(index));
    else this.inHub.push(isUserFile(inHub) ? unuse(path) : remove(path));
  }

  /** Adds the steps that remove, and then those that make. */
  finish(sandbox: Sandbox): void {
    const plan = this.plan;
    if (!this.needsHub) {
      for (let i = 0; i < this.inView.length && !this.hasView; i++) plan.add(this.inView[i]);
      for (let i = 0; i < this.inHub.length; i++) plan.add(this.inHub[i]);
    }
    if (this.needsHub || this.hasView) plan.add(umount(this.view));
    if (this.needsHub) plan.add(umount(this.hub));
    else this.shares.addRemovals(plan);
    if (this.needsFrame) {
      const steps = prepare(sandbox).steps;
      for (let i = 0; i < steps.length; i++) plan.add(steps[i]);
    }
    if (this.needsHub) this.shares.addAll(plan);
    else this.shares.addNeeded(plan);
  }
}

// Whether a target in the hub or the view is below the place of a share, which is a path in the hub.
function isDeeper(target: Text, place: Text, top: Text, hub: Text): bool {
  return target.length - top.length > place.length - hub.length;
}
