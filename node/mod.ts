/**
 * Watches a node of containers: which sandboxes there are, which of them live, what is wrong with them, and what dead ones left. For Node
 * from 20 on and Deno 2, on Linux.
 * @module
 */

export type { AdjustedContainer } from "./gate/adjusted-mounts.ts";
export type { GateCode, GateFinding } from "./gate/finding.ts";
export { Gate } from "./gate/gate.ts";
export type { GateNews, GateOptions } from "./gate/gate-options.ts";
export type { FilePlace, HostPlace, HostView, LayerPlace, UnknownPlace } from "./gate/host-place.ts";
export { type GatePod, type GateSubject, type Judgement, judgeContainer } from "./gate/judge.ts";
export type { GateMount } from "./gate/mount-words.ts";
export { readGateRules } from "./gate/read-rules.ts";
export type { GateName, GatePath, GatePods, GateRefusals, GateRules } from "./gate/rules.ts";
export type {
  Bearer,
  GateDevice,
  GateLinux,
  GateNamespace,
  NamespaceOwner,
  Unseen,
} from "./gate/unseen.ts";
export type { ListLivingIds } from "./living/list-living.ts";
export { livingByCommand } from "./living/living-by-command.ts";
export type { NriLivingOptions } from "./living/nri-living.ts";
export { type MetricsOptions, metricsText } from "./metrics/metrics-text.ts";
export { DurationCounter, type Durations } from "./monitor/duration-counter.ts";
export { Monitor } from "./monitor/monitor.ts";
export { MonitorError, type MonitorErrorCode } from "./monitor/monitor-error.ts";
export type { NodeEvent, NodeNews } from "./monitor/node-event.ts";
export type { LivingOptions, MonitorOptions } from "./monitor/options.ts";
export type {
  AuditsStatus,
  GateCounts,
  LivingStatus,
  NodeCounts,
  NodeFinding,
  NodePod,
  NodeSandbox,
  NodeStatus,
  PlacesStatus,
  PodState,
  RemovedCounts,
  RuntimeStatus,
  SandboxState,
} from "./monitor/status.ts";
export { knownDirectories } from "./places/known-directories.ts";
export type { ServeAt } from "./serve/listen.ts";
export { type NodeServer, type ServeOptions, serveNode } from "./serve/serve-node.ts";
