import { DurationCounter, type NodeSandbox, type NodeStatus } from "../../../node/mod.ts";

/** Durations of these seconds. */
export function durationsOf(seconds: readonly number[]): DurationCounter {
  const counter = new DurationCounter([0.01, 0.1, 1]);
  for (const one of seconds) counter.add(one);
  return counter;
}

/** A node's status, with all that one can have. */
export function statusOf(more: Partial<NodeStatus> = {}): NodeStatus {
  return {
    startedAt: "2026-11-30T08:00:00.500Z",
    places: { directories: ["/run/a"], found: ["/run/a"], mounts: "own", isFollowed: true },
    living: {
      ...{ by: "nri", isKnown: true, connections: 3, losses: 2, requests: durationsOf([0.001, 0.05, 3]) },
      pods: { running: 4, stopped: 1, "process-gone": 0, listed: 0 },
      runtime: { name: "containerd", version: "2.4.2", nriVersion: "v0.12.3", missing: [] },
    },
    audits: { durations: durationsOf([0.2]), failures: 1, lastAt: "2026-11-30T08:00:01.000Z" },
    sandboxes: [],
    counts: {
      ...{ mounts: 25, leakedMounts: 5, findings: { "no-guard": 2 } },
      sandboxes: { living: 4, dead: 1, unknown: 0 },
    },
    removed: { sandboxes: 1, mounts: 5, failures: 0 },
    gate: {
      ...{ isTrial: true, judged: 9, refused: 2 },
      ...{ codes: { "host-root": 2, "runtime-socket": 1 }, unseen: { hook: 1 } },
    },
    missedEvents: 0,
    ...more,
  };
}

/** A sandbox of a pod with this id and name. */
export function sandboxOf(id: string, name: string = id, namespace: string = "shop"): NodeSandbox {
  return {
    ...{ id, directory: `/run/a/${id}`, layout: "kata-go", state: "living", reason: "listed" },
    ...{ mounts: 5, shares: 3, findings: [], findingCount: 1 },
    pod: { name, namespace, state: "running" },
  } as NodeSandbox;
}
