import type { MendRequest, MountDifference } from "../../mod.ts";
import type { Finding } from "../audit/finding.ts";
import type { MountTable } from "../mount-entry.ts";
import { isWithin, pathBelow } from "../path.ts";
import type { PlannedSteps } from "../predict/predict.ts";
import { fromFindings } from "./from-findings.ts";
import { fromPlans, type Untold } from "./from-plans.ts";
import { type ShareStep, shareSteps } from "./share-steps.ts";

/** What a sandbox should be, and what the table does not tell. */
export interface ToMendOptions extends Untold {
  /** The plans that were performed for the sandbox, the one of `prepare` first. Without them, only findings count. */
  readonly plans?: readonly PlannedSteps[] | undefined;
  /** What was found to be wrong with the sandbox. */
  readonly findings?: readonly Finding[] | undefined;
}

/** What a request to mend a sandbox needs besides the sandbox. */
export interface ToMend extends Pick<MendRequest, "differences"> {
  /** The steps that make the shares of the plans. */
  readonly steps: readonly ShareStep[];
}

/**
 * What a request to mend needs: what differs between a table and what the sandbox's plans would make of it, with what findings
 * tell, and the steps that make the shares. `directory` is the sandbox's, as plans have it.
 *
 * @example
 * ```ts
 * import { load } from "guestshare";
 * import { predict, readMountinfo, toMend } from "guestshare/table";
 *
 * const { mounts } = readMountinfo("1 0 254:0 / / rw,relatime - ext4 /dev/vda rw\n");
 * const core = await load();
 * const sandbox = { id: "s1", hostDir: "/run/s" };
 * const prepare = core.plan({ op: "prepare", sandbox });
 * const table = predict(mounts, [prepare]).mounts.filter(({ target }) => !target.endsWith("/shared"));
 * const request = toMend(table, prepare.directory, { plans: [prepare] });
 * console.log(request.differences.map(({ kind, target }) => `${kind} ${target}`).join()); // missing /run/s/s1/shared
 * const { steps } = core.plan({ op: "mend", sandbox, ...request });
 * console.log(steps.map(({ op }) => op).join()); // mkdir,mark,guard,mkdir,mkdir,hub,view
 * ```
 */
export function toMend(table: MountTable, directory: string, options: ToMendOptions = {}): ToMend {
  const { plans = [], findings = [], realPaths } = options;
  const steps = shareSteps(plans);
  const planned = new Set(steps.flatMap((step) => (step.op === "bind" ? step.target : [])));
  const real = realPaths?.[directory] ?? directory;
  const asPlanned = ({ kind, target }: MountDifference): MountDifference => ({
    kind,
    target: isWithin(target, real) ? directory + pathBelow(target, real) : target,
  });
  const differences = (plans.length > 0 ? fromPlans(table, plans, options) : []).map(asPlanned);
  const known = new Set(differences.map(keyOf));
  for (const one of fromFindings(findings, planned, asPlanned)) {
    if (known.has(keyOf(one)) || !isWithin(one.target, directory)) continue;
    known.add(keyOf(one));
    differences.push(one);
  }
  return { differences: differences.sort(byTarget), steps };
}

// What is missing is not changed, too.
function keyOf({ kind, target }: MountDifference): string {
  return `${kind === "changed" ? "missing" : kind} ${target}`;
}

// Those above first.
function byTarget(one: MountDifference, other: MountDifference): number {
  return one.target < other.target ? -1 : one.target > other.target ? 1 : 0;
}
