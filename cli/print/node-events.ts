import type { NodeEvent } from "../../node/mod.ts";
import { escaped } from "./escaped.ts";
import { clockText, countText } from "./number-text.ts";

/** An event of a node as one line. */
export function eventLine(event: NodeEvent): string {
  return `${clockText(new Date(event.at))} ${escaped(sentenceOf(event))}`;
}

function sentenceOf(event: NodeEvent): string {
  switch (event.kind) {
    case "connected":
      return `connected to ${event.runtime}, which has ${countText(event.pods, "pod")}`;
    case "lost":
      return `the runtime is lost, and nobody says who lives: ${event.why}`;
    case "pod":
      return `pod ${event.id}: ${event.state}`;
    case "sandbox":
      return `sandbox ${event.directory}: ${event.state}${event.reason ? ` (${event.reason})` : ""}`;
    case "finding":
      return `found ${event.code} at ${event.target}: ${event.why}`;
    case "finding-gone":
      return `no more ${event.code} at ${event.target}`;
    case "mounts":
      return `mounts in ${event.directory}: +${event.attached} -${event.detached}`;
    case "removed":
      return `removed ${event.directory} with ${countText(event.mounts, "mount")}${whyText(event.why)}`;
    case "not-removed":
      return `could not remove ${event.directory}${whyText(event.why)}`;
    case "audit-failed":
      return `the node could not be looked at: ${event.why}`;
    case "refused":
    case "unseen":
      return gateText(event);
    case "gap":
      return `${countText(event.missed, "event")} are left out: they came faster than they could be printed`;
  }
}

function whyText(why: string | undefined): string {
  return why === undefined ? "" : `: ${why}`;
}

function gateText(event: Extract<NodeEvent, { kind: "refused" | "unseen" }>): string {
  const { kind, isTrial, pod, container, code, why } = event;
  const what = kind === "unseen" ? "could not judge" : isTrial ? "would refuse" : "refused";
  return `the gate ${what} ${container} of ${pod} (${code}): ${why}`;
}
