import { ExitCode } from "../exit-code.ts";
import { CommandError, usageError } from "../failure.ts";
import { jsonText } from "../print/json.ts";
import { ociFragment } from "../print/oci.ts";
import { shellScript } from "../print/shell.ts";
import { ShellError } from "../print/shell-step.ts";
import type { PlannedRequest } from "./planned.ts";

/**
 * Plans as a script for a shell, without the steps that have nothing to do.
 *
 * @throws {CommandError} for what a shell cannot do.
 */
export function scriptText(planned: readonly PlannedRequest[]): string {
  const plans = planned.map(({ plan, changes }) => ({
    ...plan,
    steps: plan.steps.filter((_, at) => changes[at] !== "unchanged"),
  }));
  if (new Set(plans.map(({ directory }) => directory)).size > 1)
    throw usageError("Cannot write a script for two sandboxes", "plan one after the other");
  try {
    return shellScript(plans);
  } catch (error) {
    if (!(error instanceof ShellError)) throw error;
    const why = "the script could do only a part of the plan";
    const next = "`guestshare apply` does the whole of it";
    throw new CommandError({ what: error.message, why, next, exitCode: ExitCode.failed }, { cause: error });
  }
}

/**
 * What a runtime hands to the agent for the container of the plans, as JSON.
 *
 * @throws {CommandError} where they share no container.
 */
export function ociText(planned: readonly PlannedRequest[]): string {
  const fragment = ociFragment(planned.map(({ plan }) => plan));
  if (fragment) return jsonText(fragment);
  throw usageError(
    "Cannot print an OCI fragment",
    "give the directory of a bundle",
    "the plan shares no container",
  );
}
