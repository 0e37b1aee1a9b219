import type { PlanRequest } from "../../mod.ts";
import { ExitCode } from "../exit-code.ts";
import { type AskOptions, isAnsweredYes, isToBeAsked } from "../input/ask.ts";
import { type InputOptions, inputOf } from "../input/requests.ts";
import type { Io } from "../io.ts";
import { openShare } from "../open-share.ts";
import { Application } from "../plan/apply-plans.ts";
import { randomDigits } from "../plan/digits.ts";
import { planOnline } from "../plan/plan-requests.ts";
import { isToDo, type PlannedRequest } from "../plan/planned.ts";
import { planAgain } from "../plan/stale.ts";
import { StepProgress } from "../plan/step-progress.ts";
import { adviceText, appliedText, appliedValue } from "../print/applied.ts";
import { paintFor } from "../print/colors.ts";
import { jsonText } from "../print/json.ts";
import { planText } from "../print/plan-tree.ts";

export interface ApplyCommandOptions extends InputOptions, AskOptions {}

/** `guestshare apply`: does what is planned, all or nothing; a plan that was recorded exactly, or not at all. */
export async function apply(
  io: Io,
  [input]: readonly string[],
  options: ApplyCommandOptions,
): Promise<number> {
  const { requests, recorded } = await inputOf(io, input, options, randomDigits);
  const open = ({ sandbox }: PlanRequest) => openShare(io, sandbox, options);
  const planned = recorded
    ? await planAgain(recorded, open, io.signal)
    : await planOnline(requests, open, io.signal);
  if (isToDo(planned) && isToBeAsked(io, options)) {
    io.stderr.write(planText(planned, paintFor(io.stderr, io, options)));
    if (!(await isAnsweredYes(io, "Apply this?"))) {
      io.stderr.write("Nothing was done.\n");
      return ExitCode.failed;
    }
  }
  return perform(io, planned, recorded !== undefined, options);
}

/** Has plans performed, says what came of them, and how to take that back. */
export async function perform(
  io: Io,
  planned: readonly PlannedRequest[],
  isExact: boolean,
  options: ApplyCommandOptions,
): Promise<number> {
  const { json = false, quiet = false } = options;
  const steps = planned.reduce((sum, { plan }) => sum + plan.steps.length, 0);
  const progress = new StepProgress(io.stderr, steps, quiet);
  const application = new Application({
    open: (sandbox, onStep) => openShare(io, sandbox, options, onStep),
    ...{ signal: io.signal, isExact, onStep: () => progress.step() },
  });
  io.secondSignal.addEventListener("abort", () => sayLeft(io, application));
  try {
    const performed = await application.run(planned);
    progress.clear();
    io.stdout.write(json ? jsonText(appliedValue(performed)) : appliedText(performed));
    if (!quiet) io.stderr.write(adviceText(performed, application.undoCommands()));
    return ExitCode.done;
  } finally {
    progress.clear();
  }
}

function sayLeft(io: Io, application: Application): void {
  const left = application.undoCommands().join("; ") || "nothing";
  io.stderr.write(`\nInterrupted again, before all was taken back. What may be left goes by: ${left}\n`);
}
