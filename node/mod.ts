/**
 * Watches a node of containers: which sandboxes there are, which of them live, what is wrong with them, and what dead ones left. For Node
 * from 20 on and Deno 2, on Linux.
 * @module
 */
export type { ListLivingIds } from "./living/list-living.ts";
export type { NriLivingOptions } from "./living/nri-living.ts";
export { DurationCounter, type Durations } from "./monitor/durations.ts";
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
