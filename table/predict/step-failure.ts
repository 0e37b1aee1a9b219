import type { SimulatedMount } from "./simulated-mount.ts";

/** Why a step would fail. */
export type PredictedReason =
  /** The sandbox has no guard or no hub. */
  | "not-prepared"
  /** Something else is mounted there. */
  | "taken"
  /** The guest's view is gone, or does not follow the hub. */
  | "no-view"
  /** What would be cloned is on an unbindable mount. */
  | "unbindable"
  /** The source is on a filesystem of the kernel's. */
  | "kernel-filesystem"
  /** The source is in a sandbox's directory. */
  | "in-sandbox"
  /** The table has no mount for a path. */
  | "unknown-place"
  /** Whoever asks said so. */
  | "given";

/** @internal A step that would fail; caught where plans are simulated. */
export class StepFailure extends Error {
  override readonly name = "StepFailure";
  readonly reason: PredictedReason;

  constructor(reason: PredictedReason) {
    super(reason);
    this.reason = reason;
  }
}

/** The mount, where there is one; else the step fails. */
export function mustHave(mount: SimulatedMount | undefined, otherwise: PredictedReason): SimulatedMount {
  if (!mount) throw new StepFailure(otherwise);
  return mount;
}
