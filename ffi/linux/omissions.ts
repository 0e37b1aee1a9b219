import type { Removed } from "./strip.ts";

// A plan's bytes are the core's, and only who obeys a step finds out: so it is kept beside the step.
const omissions = new WeakMap<object, readonly Removed[]>();
const none: readonly Removed[] = [];

/** Notes which mounts below a source were left out of the share that a step made. */
export function noteOmissions(step: object, removed: readonly Removed[]): void {
  if (removed.length > 0) omissions.set(step, removed);
}

/** Which mounts were left out of the share that a step made; none where it made none. */
export function omissionsOf(step: object): readonly Removed[] {
  return omissions.get(step) ?? none;
}
