import * as directories from "../directories";
import { firstOfEach } from "../duplicates";
import { List } from "../list";
import { relativeTo } from "../path";
import { Difference } from "../request/difference";
import { Step, StepOp, umount } from "../step";
import { Text } from "../text";
import { Plan } from "./plan";
import { firstNames, shareOf } from "./share-places";

const NO_SHARE: i32 = -1;

enum Need { Nothing, Make, Remake }

/** The steps that make a sandbox's shares, and which of them are needed. A share is called by the place of its first bind step. */
@final @unmanaged
export class NeededShares {
  /** For each step its share; NO_SHARE for one that makes a directory. */
  private readonly shares: List<i32> = new List<i32>();
  /** For each difference the share that it is at or in. */
  private readonly found: List<i32> = new List<i32>();
  /** For each step the need of its share. */
  private readonly needs: List<Need> = new List<Need>();
  private isNeeded: bool = false;

  constructor(
    private readonly steps: List<Step>,
    directory: Text,
    differences: List<Difference>,
  ) {
    const hub = directories.hub(directory);
    const names: List<Text> = new List<Text>();
    for (let i = 0; i < steps.length; i++) {
      names.push(shareOf(steps[i], i, hub));
      this.needs.push(Need.Nothing);
    }
    const view = directories.view(directory);
    for (let i = 0; i < differences.length; i++) {
      const path = pathInEither(differences[i].target, hub, view);
      names.push(firstNames(path, 1));
      names.push(firstNames(path, 2));
    }
    this.find(names);
  }

  // Equal names are of one share. No names are compared one by one: there may be many.
  private find(names: List<Text>): void {
    const firsts = firstOfEach(names);
    const binds: List<i32> = new List<i32>();
    for (let i = 0; i < names.length; i++) binds.push(NO_SHARE);
    const count = this.steps.length;
    for (let i = count - 1; i >= 0; i--) {
      if (this.steps[i].op == StepOp.Bind) binds.set(firsts[i], i);
    }
    for (let i = 0; i < count; i++) {
      this.shares.push(this.steps[i].op == StepOp.Mkdir ? NO_SHARE : binds[firsts[i]]);
    }
    for (let i = count; i < names.length; i += 2) {
      const longer = binds[firsts[i + 1]];
      this.found.push(longer != NO_SHARE ? longer : binds[firsts[i]]);
    }
  }

  /** The path of the share that a difference is at or in; null if no step makes one there. */
  placeOf(difference: i32): Text | null {
    const share = this.found[difference];
    return share == NO_SHARE ? null : this.steps[share].target;
  }

  /** Notes that the share at a difference has to be made. Unless the share is known to be away, it is unmounted before. */
  need(difference: i32, isAway: bool): void {
    const share = this.found[difference];
    this.isNeeded = true;
    if (this.needs[share] == Need.Nothing) this.needs.set(share, isAway ? Need.Make : Need.Remake);
  }

  /** Adds the steps that unmount the shares that are made again. */
  addRemovals(plan: Plan): void {
    for (let i = 0; i < this.steps.length; i++) {
      if (this.needs[i] == Need.Remake) plan.add(umount(this.steps[i].target));
    }
  }

  /** Adds the steps that make the shares that are needed. */
  addNeeded(plan: Plan): void {
    for (let i = 0; i < this.steps.length && this.isNeeded; i++) {
      const share = this.shares[i];
      const isDirectory = this.steps[i].op == StepOp.Mkdir;
      if (isDirectory || (share != NO_SHARE && this.needs[share] != Need.Nothing)) plan.add(this.steps[i]);
    }
  }

  /** Adds the steps that make all shares. */
  addAll(plan: Plan): void {
    for (let i = 0; i < this.steps.length; i++) plan.add(this.steps[i]);
  }
}

// The path of a target in the hub or in the view, which has the same names; empty if it is in neither.
function pathInEither(target: Text, hub: Text, view: Text): Text {
  const inHub = relativeTo(hub, target);
  if (inHub != null) return inHub;
  const inView = relativeTo(view, target);
  return inView != null ? inView : Text.empty;
}
