import type { NodeStatus } from "../../node/mod.ts";
import { columnLines } from "./columns.ts";
import { escaped } from "./escaped.ts";
import { countText } from "./number-text.ts";

/** The sandboxes of a node as a table. */
export function nodeLines({ sandboxes }: NodeStatus): string[] {
  const rows = sandboxes.map(({ id, layout, state, reason, mounts, findingCount, pod }) => [
    ...[escaped(id), layout ?? "", state, escaped(reason), String(mounts), String(findingCount)],
    pod ? escaped(pod.namespace === "" ? pod.state : `${pod.namespace}/${pod.name} ${pod.state}`) : "",
  ]);
  return columnLines(["SANDBOX", "LAYOUT", "STATE", "WHY", "MOUNTS", "FINDINGS", "POD"], rows);
}

const notSeen =
  "The runtime's process is not seen, so that its mounts may be others than those that are looked at (a container needs hostPID).";

/** What is known of a node, in a few lines. */
export function nodeSummary({ places, living, counts, audits, removed, gate }: NodeStatus): string[] {
  const { sandboxes, mounts, leakedMounts } = counts;
  const { runtime, pods, isKnown, why } = living;
  const podCount = Object.values(pods).reduce((sum, count) => sum + count, 0);
  const isElsewhere = living.by === "nri" && living.connections === 0;
  const by = runtime ? `${runtime.name} ${runtime.version}` : "a list";
  return [
    ...(places?.mounts === "unknown" && isKnown ? [notSeen] : []),
    isKnown
      ? `Who lives is known by ${by}: ${countText(podCount, "pod")}, ${pods.stopped} stopped, ${pods["process-gone"]} without a process.`
      : `Who lives is not known: ${why}${isElsewhere ? " (--nri-socket names another place)" : ""}`,
    `${countText(sandboxes.living, "sandbox", "es")} living, ${sandboxes.dead} dead, ${sandboxes.unknown} unknown; ${countText(mounts, "mount")}, ${leakedMounts} leaked.`,
    `Removed so far: ${countText(removed.sandboxes, "sandbox", "es")} with ${countText(removed.mounts, "mount")}.`,
    ...(gate
      ? [`The gate ${gate.isTrial ? "would have refused" : "refused"} ${gate.refused} of ${gate.judged}.`]
      : []),
    audits.lastFailure === undefined
      ? `The last audit ended at ${audits.lastAt ?? "no time yet"}.`
      : `The last audit failed: ${audits.lastFailure}`,
  ].map(escaped);
}
