import type { MountEntry, MountTable } from "./mount-entry.ts";
import { isWithin, pathsTo } from "./path.ts";
import { type PlannedSteps, type PredictOptions, predict } from "./predict/predict.ts";

/** What of a mount is not as planned. */
export type MountAspect = "source" | "attributes" | "propagation";

/** Something that plans would have and a table has not, or the reverse. */
export interface Difference {
  /** A mount that is missing, one that no plan makes, or one that is otherwise. */
  readonly kind: "missing" | "surplus" | "changed";
  /** Where the mount is, or would be. */
  readonly target: string;
  /** As it would be; its ids, groups and perhaps device are not the kernel's. */
  readonly planned?: MountEntry | undefined;
  /** As it is. */
  readonly found?: MountEntry | undefined;
  /** Of one that is otherwise: in what. */
  readonly aspects?: readonly MountAspect[] | undefined;
  /** The place of the step that makes it, or makes what it is on: that of its plan, and its own in `steps`. */
  readonly step?: { readonly plan: number; readonly step: number } | undefined;
}

/**
 * What differs between a table and what plans would make of it, had nobody done anything in their sandboxes' directories before:
 * those of one sandbox's `prepare`, and of all that it shares.
 *
 * @example
 * ```ts
 * import { load } from "guestshare";
 * import { differ, readMountinfo } from "guestshare/table";
 *
 * const { mounts } = readMountinfo("1 0 254:0 / / rw,relatime - ext4 /dev/vda rw\n");
 * const core = await load();
 * const plan = core.plan({ op: "prepare", sandbox: { id: "s1", hostDir: "/run/s" } });
 * console.log(differ(mounts, [plan]).map(({ kind, target }) => `${kind} ${target}`).join()); // missing /run/s/s1,missing /run/s/s1/mounts,missing /run/s/s1/shared
 * ```
 */
export function differ(
  table: MountTable,
  plans: readonly PlannedSteps[],
  options: PredictOptions = {},
): Difference[] {
  const directories = new Set(plans.map(({ directory }) => options.realPaths?.[directory] ?? directory));
  const isInside = ({ target }: MountEntry) => [...directories].some((one) => isWithin(target, one));
  const before = table.filter((mount) => !isInside(mount));
  const planned = new Places(predict(before, plans, options).mounts.filter(isInside));
  const found = new Places(table.filter(isInside));
  const stepOf = stepsByTarget(plans);
  return [...new Set([...planned.targets, ...found.targets])]
    .sort()
    .flatMap((target) => differencesAt(target, planned, found, stepOf(target)));
}

function differencesAt(
  target: string,
  planned: Places,
  found: Places,
  step: Difference["step"],
): Difference[] {
  const [left, right] = [planned.at(target), found.at(target)];
  const differences: Difference[] = [];
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const [one, other] = [left[at], right[at]];
    if (one && !other) differences.push({ kind: "missing", target, planned: one, ...(step && { step }) });
    if (!one && other) differences.push({ kind: "surplus", target, found: other });
    if (!one || !other) continue;
    const aspects = aspectsOf(one, other, planned, found);
    if (aspects.length === 0) continue;
    differences.push({ kind: "changed", target, planned: one, found: other, aspects, ...(step && { step }) });
  }
  return differences;
}

function aspectsOf(one: MountEntry, other: MountEntry, planned: Places, found: Places): MountAspect[] {
  const isYetToBe = one.device.startsWith("+");
  const isSameSource =
    one.filesystem === other.filesystem &&
    one.root === other.root &&
    (isYetToBe ? one.source === other.source : one.device === other.device);
  const isSameAttributes = one.attributes.join() === other.attributes.join();
  const isSamePropagation =
    one.isUnbindable === other.isUnbindable &&
    planned.groupName(one.peerGroup) === found.groupName(other.peerGroup) &&
    planned.groupName(one.master) === found.groupName(other.master);
  return [
    ...(isSameSource ? [] : (["source"] as const)),
    ...(isSameAttributes ? [] : (["attributes"] as const)),
    ...(isSamePropagation ? [] : (["propagation"] as const)),
  ];
}

/** Mounts by where they are, each place with what was mounted there first. */
class Places {
  readonly #byTarget = new Map<string, MountEntry[]>();
  readonly #groups = new Map<number, string>();

  constructor(mounts: MountTable) {
    for (const mount of mounts) {
      const others = this.#byTarget.get(mount.target);
      if (others) others.push(mount);
      else this.#byTarget.set(mount.target, [mount]);
      if (!this.#groups.has(mount.peerGroup)) this.#groups.set(mount.peerGroup, mount.target);
    }
    this.#groups.set(0, "");
  }

  get targets(): Iterable<string> {
    return this.#byTarget.keys();
  }

  at(target: string): readonly MountEntry[] {
    return this.#byTarget.get(target) ?? [];
  }

  /** A group by its first mount: its number differs each time. */
  groupName(group: number): string {
    return this.#groups.get(group) ?? "elsewhere";
  }
}

// What is on a target, or below it, is its step's.
function stepsByTarget(plans: readonly PlannedSteps[]): (target: string) => Difference["step"] {
  const steps = new Map<string, { plan: number; step: number }>();
  for (const [plan, { steps: list }] of plans.entries()) {
    for (const [step, one] of list.entries()) if ("target" in one) steps.set(one.target, { plan, step });
  }
  return (target) => {
    for (const above of [...pathsTo(target)].toReversed()) {
      const step = steps.get(above);
      if (step) return step;
    }
    return undefined;
  };
}
