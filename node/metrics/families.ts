import type { NodeStatus } from "../monitor/status.ts";
import type { MetricFamily, MetricSample } from "./exposition.ts";
import { histogram } from "./histogram.ts";

type Kind = "counter" | "gauge";

function family(type: Kind, name: string, help: string, samples: readonly MetricSample[]): MetricFamily {
  return { name: `guestshare_${name}`, help, type, samples };
}

function one(type: Kind, name: string, help: string, value: number | undefined): MetricFamily {
  return family(type, name, help, value === undefined ? [] : [{ value }]);
}

type Counts = Readonly<Partial<Record<string, number>>>;

/** Numbers by a label; those that are not there are none. */
function by(type: Kind, name: string, help: string, label: string, counts: Counts): MetricFamily {
  const rows = Object.entries(counts).map(([word, value = 0]) => ({ labels: { [label]: word }, value }));
  return family(type, name, help, rows);
}

const seconds = (time: string | undefined) => (time === undefined ? undefined : Date.parse(time) / 1000);

/** What a node's sandboxes are. */
export function sandboxFamilies({ startedAt, counts, removed, missedEvents }: NodeStatus): MetricFamily[] {
  return [
    one("gauge", "start_time_seconds", "When the monitor was started.", seconds(startedAt)),
    by("gauge", "sandboxes", "Sandboxes of the last audit, by whether they live.", "state", counts.sandboxes),
    one("gauge", "mounts", "Mounts in the directories of sandboxes.", counts.mounts),
    one("gauge", "leaked_mounts", "Mounts of sandboxes that are dead.", counts.leakedMounts),
    by("gauge", "findings", "What is wrong with sandboxes, by code.", "code", counts.findings),
    one("counter", "removed_sandboxes_total", "Dead sandboxes that were removed.", removed.sandboxes),
    one("counter", "removed_mounts_total", "Mounts of these.", removed.mounts),
    one(
      "counter",
      "removal_failures_total",
      "Dead sandboxes that could not be removed whole.",
      removed.failures,
    ),
    one("counter", "missed_events_total", "Events that listeners were too slow for.", missedEvents),
  ];
}

/** How the node is looked at. */
export function auditFamilies({ audits }: NodeStatus): MetricFamily[] {
  return [
    histogram("guestshare_audit_duration_seconds", "How long audits took.", audits.durations),
    one("counter", "audit_failures_total", "Audits that were not whole.", audits.failures),
    one("gauge", "last_audit_timestamp_seconds", "When the last whole audit ended.", seconds(audits.lastAt)),
  ];
}

/** Who says who lives. */
export function livingFamilies({ living }: NodeStatus): MetricFamily[] {
  return [
    one(
      "gauge",
      "living_known",
      "Whether it is known who lives: else nothing is dead.",
      Number(living.isKnown),
    ),
    by("gauge", "pods", "Pods of the runtime or of the list, by state.", "state", living.pods),
    ...(living.by === "nri" ? nriFamilies(living) : []),
  ];
}

function nriFamilies({ runtime, connections, losses, requests }: NodeStatus["living"]): MetricFamily[] {
  const names = runtime && {
    ...{ name: runtime.name, version: runtime.version, nri_version: runtime.nriVersion ?? "" },
  };
  const isConnected = Number(runtime !== undefined);
  return [
    one("gauge", "nri_connected", "Whether a runtime is connected.", isConnected),
    one("counter", "nri_connections_total", "Connections to a runtime.", connections),
    one("counter", "nri_losses_total", "Connections that were lost.", losses),
    histogram("guestshare_nri_request_duration_seconds", "How long a runtime waited here.", requests),
    family("gauge", "runtime_info", "The runtime, as it says.", names ? [{ labels: names, value: 1 }] : []),
  ];
}

/** What a gate has judged. */
export function gateFamilies({ gate }: NodeStatus): MetricFamily[] {
  if (!gate) return [];
  const { isTrial, judged, refused, codes, unseen } = gate;
  return [
    one("gauge", "gate_trial", "Whether the gate only tells what it would refuse.", Number(isTrial)),
    one("counter", "gate_judged_total", "Containers that the gate has judged.", judged),
    one("counter", "gate_refused_total", "Containers that it refused; in a trial, would have.", refused),
    by("counter", "gate_findings_total", "What containers were refused for, by code.", "code", codes),
    by("counter", "gate_unseen_total", "What the gate could not judge in time, by code.", "code", unseen),
  ];
}

/** Each sandbox with its pod: as many series as there are sandboxes. */
export function podFamilies({ sandboxes }: NodeStatus): MetricFamily[] {
  const rows = sandboxes.map((sandbox) => {
    const { id, directory, state, layout = "", pod } = sandbox;
    const names = { id, directory, state, layout, namespace: pod?.namespace ?? "", pod: pod?.name ?? "" };
    return { sandbox, labels: names };
  });
  const of = (numberOf: (sandbox: NodeStatus["sandboxes"][number]) => number) =>
    rows.map(({ sandbox, labels }) => ({ labels, value: numberOf(sandbox) }));
  return [
    family(
      "gauge",
      "sandbox_mounts",
      "Mounts in a sandbox's directory.",
      of(({ mounts }) => mounts),
    ),
    family(
      "gauge",
      "sandbox_findings",
      "What is wrong with a sandbox.",
      of(({ findingCount }) => findingCount),
    ),
  ];
}
