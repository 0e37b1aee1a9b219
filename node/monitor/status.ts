import type { LifeReason } from "../../ffi/mod.ts";
import type { Finding, FindingCode, Layout } from "../../table/mod.ts";
import type { Durations } from "./duration-counter.ts";

/** What a monitor knows of its node. It is plain JSON. All names in it come from strangers. */
export interface NodeStatus {
  /** When the monitor was started, as in "2026-11-30T08:00:00.000Z". */
  readonly startedAt: string;
  /** Where it looks. */
  readonly places: PlacesStatus;
  /** How it knows who lives. */
  readonly living: LivingStatus;
  /** How the last looks went. */
  readonly audits: AuditsStatus;
  /** The sandboxes that the last audit found, in the order of their directories. */
  readonly sandboxes: readonly NodeSandbox[];
  /** The same in numbers. */
  readonly counts: NodeCounts;
  /** What was removed since the start. */
  readonly removed: RemovedCounts;
  /** What a gate has judged; absent where there is none. */
  readonly gate?: GateCounts | undefined;
  /** Events that a listener was too slow for, over all listeners. */
  readonly missedEvents: number;
}

/** Where a monitor looks for sandboxes. */
export interface PlacesStatus {
  /** The directories that it looks into. */
  readonly directories: readonly string[];
  /** Of these, those that are there. */
  readonly found: readonly string[];
  /**
   * Whose mounts are looked at: those of the monitor's own namespace, or of another one's. Unknown before the first look, and where the
   * runtime's process is not seen: then those of the monitor's own are looked at, which may be others.
   */
  readonly mounts: "own" | "other" | "unknown";
  /** The process whose mount namespace is looked into, if it is another one. */
  readonly process?: number | undefined;
  /** Whether the kernel reports mounts that come and go: else they are seen at the next audit. */
  readonly isFollowed: boolean;
}

/** How a monitor knows who lives. */
export interface LivingStatus {
  /** Who says so: a runtime by NRI, or the caller's list. */
  readonly by: "nri" | "list";
  /** Whether the list is there and whole. While it is not, nobody is dead for not being in it. */
  readonly isKnown: boolean;
  /** Why it is not. */
  readonly why?: string | undefined;
  /** How many pods there are, by what is known of them; of a list, all of them are "listed". */
  readonly pods: Readonly<Record<PodState, number>>;
  /** The runtime, while it is connected. */
  readonly runtime?: RuntimeStatus | undefined;
  /** How often it was connected. */
  readonly connections: number;
  /** How often it was lost. */
  readonly losses: number;
  /** How long its requests took here. */
  readonly requests: Durations;
}

/** A runtime that speaks NRI, as it says. */
export interface RuntimeStatus {
  /** Its name, such as "containerd". */
  readonly name: string;
  /** Its version, a free text. */
  readonly version: string;
  /** The version of its NRI; absent before 0.12. */
  readonly nriVersion?: string | undefined;
  /** Events that this runtime does not have, and a handler waits for. */
  readonly missing: readonly string[];
}

/** What is known of a pod. */
export type PodState =
  /** Its sandbox runs, by what the runtime says. */
  | "running"
  /** It was stopped, and is not removed yet. */
  | "stopped"
  /** The runtime says that it runs, and its process has ended: of that no runtime tells. */
  | "process-gone"
  /** A list has its id, and says nothing else. */
  | "listed";

/** How the audits went. */
export interface AuditsStatus {
  /** How long they took, from the question to the last answer. */
  readonly durations: Durations;
  /** How many failed. */
  readonly failures: number;
  /** When the last whole one ended, as in "2026-11-30T08:00:00.000Z"; absent before the first. */
  readonly lastAt?: string | undefined;
  /** Why the last one failed; absent if it was whole. */
  readonly lastFailure?: string | undefined;
}

/** A sandbox of the node. */
export interface NodeSandbox {
  /** The last name of its directory, which is a pod's id where a runtime made it. */
  readonly id: string;
  /** The path of its directory. */
  readonly directory: string;
  /** Who made it; absent where nothing is mounted in its directory. */
  readonly layout?: Layout | undefined;
  /** Whether it lives. */
  readonly state: SandboxState;
  /** How that is known. */
  readonly reason: LifeReason;
  /** The pod of this id; absent where the runtime has none. */
  readonly pod?: NodePod | undefined;
  /** How many mounts are in its directory. */
  readonly mounts: number;
  /** How many of these are shares in its hub. */
  readonly shares: number;
  /** What is wrong with it; of many, the first ones. */
  readonly findings: readonly NodeFinding[];
  /** How many findings it has. */
  readonly findingCount: number;
}

/** Whether a sandbox lives: what is not known for certain is unknown, and left alone. */
export type SandboxState = "living" | "dead" | "unknown";

/** Something that is wrong with a sandbox. */
export type NodeFinding = Pick<Finding, "code" | "target" | "why">;

/** A pod, as the runtime calls it. */
export interface NodePod {
  /** Its name, of a long one the beginning. */
  readonly name: string;
  /** Its namespace, of a long one the beginning. */
  readonly namespace: string;
  /** What is known of it. */
  readonly state: PodState;
}

/** What there is, in numbers. */
export interface NodeCounts {
  /** Sandboxes by state. */
  readonly sandboxes: Readonly<Record<SandboxState, number>>;
  /** Mounts in the directories of sandboxes. */
  readonly mounts: number;
  /** Of these, those of dead sandboxes. */
  readonly leakedMounts: number;
  /** Findings by code, none where there is nothing of it. */
  readonly findings: Readonly<Partial<Record<FindingCode, number>>>;
}

/** What was removed. */
export interface RemovedCounts {
  /** Sandboxes that were removed. */
  readonly sandboxes: number;
  /** Mounts that went with them. */
  readonly mounts: number;
  /** Sandboxes that could not be removed, or not whole. */
  readonly failures: number;
}

/** What a gate has judged, since the start. */
export interface GateCounts {
  /** Whether it only tells. */
  readonly isTrial: boolean;
  /** Containers that were judged. */
  readonly judged: number;
  /** Containers that were refused; in a trial, that would have been. */
  readonly refused: number;
  /** What they were refused for, by code. */
  readonly codes: Readonly<Record<string, number>>;
  /** What the gate could not see, and saw too late to refuse, by code. */
  readonly unseen: Readonly<Record<string, number>>;
}
