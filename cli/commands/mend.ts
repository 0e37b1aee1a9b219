import type { FilesystemShare } from "../../ffi/mod.ts";
import type { Plan, Step } from "../../mod.ts";
import type { Finding } from "../../table/mod.ts";
import { ExitCode } from "../exit-code.ts";
import { failureOf } from "../explain.ts";
import { CommandError } from "../failure.ts";
import { defaultHostDir } from "../host-dir.ts";
import { type AskOptions, isAnsweredYes, isToBeAsked } from "../input/ask.ts";
import type { InputOptions } from "../input/requests.ts";
import type { Io } from "../io.ts";
import { openShare } from "../open-share.ts";
import { sharesOf } from "../plan/in-sandbox.ts";
import { StepLook } from "../plan/look.ts";
import { changeOf, isToDo, type PlannedRequest, type Summary } from "../plan/planned.ts";
import { wantedOf } from "../plan/wanted.ts";
import { paintFor } from "../print/colors.ts";
import { findingLines } from "../print/findings.ts";
import { jsonText } from "../print/json.ts";
import { mendedText } from "../print/mended.ts";
import { planText } from "../print/plan-tree.ts";

interface MendCommandOptions extends InputOptions, AskOptions {}

/**
 * `guestshare mend`: makes a sandbox as it should be, and lists what is wrong still. With bundles, requests or plans, shares that are
 * missing or changed are made again, and what none of them has is removed.
 */
export async function mend(io: Io, inputs: readonly string[], options: MendCommandOptions): Promise<number> {
  const { sandbox, plans } = await wantedOf(io, inputs, options);
  const obeyed: { step: Step; changed: boolean }[] = [];
  const share = await openShare(io, sandbox, options, (step, changed) => obeyed.push({ step, changed }));
  if (!plans) await sharesOf(share, sandbox); // it is there, or refused
  const planned = await planOf(share, plans);
  if (isToDo(planned) && !(await isAgreed(io, planned, options))) {
    io.stderr.write("Nothing was done.\n");
    return ExitCode.failed;
  }
  const left = await share.mend({ plans }).catch((error: unknown) => {
    throw whyOf(error);
  });
  print(io, sandbox.id, summaryOf(obeyed), left, options);
  return left.length > 0 ? ExitCode.leftBehind : ExitCode.done;
}

async function planOf(share: FilesystemShare, plans: readonly Plan[] | undefined): Promise<PlannedRequest[]> {
  const { request, plan } = await share.plan("mend", { plans });
  return [{ request, plan, changes: new StepLook().changesOf(plan) }];
}

// Nobody can know it beforehand, so it is shown also where nobody is asked.
async function isAgreed(
  io: Io,
  planned: readonly PlannedRequest[],
  options: MendCommandOptions,
): Promise<boolean> {
  const isAsked = isToBeAsked(io, options);
  if (isAsked || !options.quiet) io.stderr.write(planText(planned, paintFor(io.stderr, io, options)));
  return !isAsked || isAnsweredYes(io, "Mend this?");
}

function summaryOf(obeyed: readonly { readonly step: Step; readonly changed: boolean }[]): Summary {
  const changes = obeyed.map(({ step, changed }) => (changed ? changeOf(step) : "unchanged"));
  const count = (change: (typeof changes)[number]) => changes.filter((one) => one === change).length;
  return { add: count("add"), remove: count("remove"), unchanged: count("unchanged") };
}

function print(
  io: Io,
  sandbox: string,
  summary: Summary,
  findings: readonly Finding[],
  options: MendCommandOptions,
): void {
  if (options.json) io.stdout.write(jsonText({ sandbox, summary, findings }));
  else
    for (const line of findingLines(findings, paintFor(io.stdout, io, options), defaultHostDir()))
      io.stdout.write(`${line}\n`);
  if (!options.quiet) io.stderr.write(mendedText(sandbox, summary, findings.length));
}

// A step that makes something failed. Steps that remove come before it, and are not undone.
function whyOf(error: unknown): unknown {
  const failure = failureOf(error);
  if (!(error instanceof Error) || error.name !== "StepError" || failure.exitCode !== ExitCode.failed)
    return error;
  const { what, next, exitCode } = failure;
  const why = "what was made before was undone, and what was removed stays removed";
  return new CommandError({ what, why, next: `${next}; then mend it again`, exitCode }, { cause: error });
}
