import { ExitCode } from "../exit-code.ts";
import { CommandError } from "../failure.ts";
import { differenceOf } from "./difference.ts";
import type { PlannedRequest } from "./planned.ts";

/**
 * Compares plans that were recorded with the same ones made anew.
 *
 * @throws {CommandError} with the first fact that changed.
 */
export function mustBeFresh(recorded: readonly PlannedRequest[], now: readonly PlannedRequest[]): void {
  for (const [at, before] of recorded.entries()) {
    const again = now[at];
    // A look at a source tells more of what happened than the steps that follow from it.
    const found =
      differenceOf(before.request, again?.request) ??
      differenceOf(before.plan.steps, again?.plan.steps, "steps") ??
      differenceOf(before.changes, again?.changes, "changes");
    if (!found) continue;
    const { path, before: was, now: is } = found;
    throw new CommandError({
      what: `Cannot apply the plan of ${before.request.op}: ${path} was ${textOf(was)}, and is ${textOf(is)}`,
      why: "the plan was made for something else than what is there now; nothing was done",
      next: "look at what changed, and make a new plan by `guestshare plan -o`",
      exitCode: ExitCode.failed,
    });
  }
}

function textOf(value: unknown): string {
  return value === undefined ? "absent" : JSON.stringify(value);
}
