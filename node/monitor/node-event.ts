import type { LifeReason } from "../../ffi/mod.ts";
import type { NodeFinding, PodState, SandboxState } from "./status.ts";

/** Something that happened on a node. All names in it come from strangers. */
export type NodeEvent = { readonly at: string } & NodeNews;

/** What happened. */
export type NodeNews =
  /** A runtime is connected, and has said who lives. */
  | { readonly kind: "connected"; readonly runtime: string; readonly pods: number }
  /** It is connected no more: until it is, nobody is dead for not being in its list. */
  | { readonly kind: "lost"; readonly why: string }
  /** A pod came, changed or went. */
  | { readonly kind: "pod"; readonly id: string; readonly state: PodState | "removed" }
  /** A sandbox is there that was not at the last audit, or its state has changed. */
  | {
      readonly kind: "sandbox";
      readonly id: string;
      readonly directory: string;
      readonly state: SandboxState | "gone";
      readonly reason?: LifeReason | undefined;
    }
  /** Something is wrong that was not at the last audit, or is so no more. */
  | ({
      readonly kind: "finding" | "finding-gone";
      readonly id: string;
      readonly directory: string;
    } & NodeFinding)
  /** Mounts came and went in a sandbox's directory, as many in a moment. */
  | {
      readonly kind: "mounts";
      readonly directory: string;
      readonly attached: number;
      readonly detached: number;
    }
  /** What a dead sandbox left was removed, or not all of it. */
  | {
      readonly kind: "removed" | "not-removed";
      readonly id: string;
      readonly directory: string;
      readonly mounts: number;
      readonly why?: string | undefined;
    }
  /** An audit was not whole: what is known is older. */
  | { readonly kind: "audit-failed"; readonly why: string }
  /** A gate has refused a container; in a trial, would have. */
  | {
      readonly kind: "refused" | "unseen";
      readonly pod: string;
      readonly container: string;
      readonly code: string;
      readonly why: string;
      readonly isTrial: boolean;
    }
  /** The listener was too slow for so many events, which are left out here. */
  | { readonly kind: "gap"; readonly missed: number };
