import { differ } from "../differ.ts";
import type { MountTable } from "../mount-entry.ts";
import { isWithin } from "../path.ts";
import type { PlannedSteps } from "../predict/predict.ts";
import type { FoundSandbox } from "../recognise/found-sandbox.ts";
import type { Findings } from "./audited-sandbox.ts";

/** Finds shares that have not all attributes which plans give them. */
export function auditAttributes(
  table: MountTable,
  sandbox: FoundSandbox,
  plans: readonly PlannedSteps[],
  findings: Findings,
): void {
  const own = plans.filter(({ directory }) => directory === sandbox.directory);
  if (own.length === 0) return;
  for (const { target, planned, found } of differ(table, own)) {
    const isWeaker = planned?.attributes.some((word) => found && !found.attributes.includes(word));
    const share = sandbox.shares.find(({ mount }) => isWithin(target, mount.target));
    if (isWeaker && share) findings.addShare("weaker-than-planned", share, target);
  }
}
