import type { RemoveStep, UmountStep, UnuseStep } from "../../mod.ts";

/** Why a finding matters, by its code. */
export const findingReasons = {
  "no-guard":
    "the sandbox's directory is not bound on itself, so that other namespaces and binds copy the shares",
  "open-guard":
    "the guard is not private and unbindable any more, so that binds of directories above copy the shares",
  "no-hub": "there is nothing to attach shares to",
  "private-hub": "the hub's mounts reach no view any more, and the guest sees no new share",
  "read-only-hub": "nothing more can be shared",
  "no-view": "the guest sees no share",
  "stale-view": "the view does not follow the hub, and the guest sees no new share",
  "writable-view": "the guest may write into the hub itself",
  covered: "something is mounted over it, and hides it from whoever comes by its path",
  "unseen-share": "the view does not show the share",
  "weaker-in-view": "the guest is not held to what the share says",
  "writable-below": "the share is read-only, and a mount below it is not",
  "weaker-than-planned": "the share lacks an attribute that its plan gives it",
  "deleted-source": "the source was removed, and lives on in the share alone",
  "silent-source": "the source's server does not answer, and whoever opens the share waits",
  "unused-share": "no container uses the share",
  "users-without-share": "containers are said to use a share that is not mounted",
  stranger: "no share has this name: somebody else mounted it, and the guest sees it",
  "stray-mount": "it is no share and no part of a sandbox, and may keep a filesystem busy",
  "copied-outside": "a mount outside of the sandbox gets its shares, too",
  placeholder: "nothing is mounted on what a share is attached to",
  "empty-sandbox": "the directory of a sandbox is left, and nothing is mounted in it",
} as const;

/** What can be wrong with a sandbox. */
export type FindingCode = keyof typeof findingReasons;

/** What mends a finding: an operation of the sandbox, or single steps. */
export type Mend =
  /**
   * `prepare` again; `mend`, which takes the sandbox's plans where shares have to be made anew; `cleanup`, after which nothing is left;
   * `gc` clears what a dead sandbox left.
   */
  | { readonly call: "prepare" | "mend" | "cleanup" | "gc" }
  /** What a share loses has to be shared again by whoever needs it. */
  | { readonly steps: readonly MendStep[] };

/** A step that removes something. */
export type MendStep = UmountStep | RemoveStep | UnuseStep;

/** Something that is wrong with a sandbox. */
export interface Finding {
  /** What is wrong. */
  readonly code: FindingCode;
  /** The sandbox's id. */
  readonly sandbox: string;
  /** The sandbox's directory. */
  readonly directory: string;
  /** Where it is. */
  readonly target: string;
  /** Why it matters. */
  readonly why: string;
  /** What mends it. */
  readonly mend: Mend;
}

/** Why a finding matters. */
export function reasonOf(code: FindingCode): string {
  return findingReasons[code];
}

/** All of the codes. */
export const findingCodes: readonly FindingCode[] = Object.keys(findingReasons) as FindingCode[];
