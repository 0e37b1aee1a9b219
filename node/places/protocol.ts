import type { LifeReason } from "../../ffi/mod.ts";
import type { FindingCode, Layout } from "../../table/mod.ts";
import type { NodeFinding, SandboxState } from "../monitor/status.ts";

// What a monitor and the child that looks for it say to each other: a line of JSON each.

/** Whose mounts the child looks at: those of a process, of whoever listens on a socket, or its own. */
export interface Where {
  readonly process?: number | undefined;
  readonly socket?: string | undefined;
}

/** What a look is for. */
export interface Question {
  /** The directories to look into; those that are not there are left out. */
  readonly directories: readonly string[];
  /** Whether what dead sandboxes left is removed. */
  readonly remove: boolean;
  readonly graceMs: number;
  /** The ids that lists of the living were without for so long: no others are dead by a list. Without it, all are. */
  readonly missing?: readonly string[] | undefined;
}

/** Who lives; null where nobody knows. With the version of the list that the child has already, no list. */
export interface LivingAnswer {
  readonly version: number;
  readonly ids?: readonly string[] | null | undefined;
}

/** What the monitor says. */
export type Order =
  | ({ readonly op: "enter" } & Where)
  | ({ readonly op: "look"; readonly living: LivingAnswer } & Question)
  | ({ readonly op: "living" } & LivingAnswer);

/** A sandbox that the child looked at. */
export interface LookedSandbox {
  readonly id: string;
  readonly directory: string;
  readonly layout?: Layout | undefined;
  readonly mounts: number;
  readonly shares: number;
  readonly state: SandboxState;
  readonly reason: LifeReason;
  /** The first of its findings. */
  readonly findings: readonly NodeFinding[];
  /** All of them, by code. */
  readonly codes: Readonly<Partial<Record<FindingCode, number>>>;
  /** Whether it was removed. */
  readonly isRemoved: boolean;
  /** Why it was not, or not whole. */
  readonly why?: string | undefined;
}

/** What the child says. */
export type Line =
  /** It is where it should look: in the mount namespace of a process, which is another one than the monitor's if it is elsewhere. */
  | {
      readonly kind: "ready";
      readonly process?: number | undefined;
      readonly isElsewhere: boolean;
      readonly isFollowed: boolean;
    }
  | ({ readonly kind: "sandbox" } & LookedSandbox)
  /** It wants to know who lives now, and has this version of the list. */
  | { readonly kind: "living?"; readonly version: number }
  | {
      readonly kind: "mounts";
      readonly directory: string;
      readonly attached: number;
      readonly detached: number;
    }
  /** The look has ended; these directories were there. */
  | { readonly kind: "looked"; readonly found: readonly string[] }
  | { readonly kind: "failed"; readonly why: string };

/** The longest line that is read: a sandbox with twenty findings, each with a path. */
export const longestLine: number = 4 * 1024 * 1024;

/** Findings of a sandbox that are said one by one. */
export const mostFindings = 20;
