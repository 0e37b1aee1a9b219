import { ExitCode } from "../exit-code.ts";
import { usageError } from "../failure.ts";
import { type InputOptions, inputOf } from "../input/requests.ts";
import type { Io } from "../io.ts";
import { openShare } from "../open-share.ts";
import { placeholderDigits, randomDigits } from "../plan/digits.ts";
import { planFileText, writePlanFile } from "../plan/plan-file.ts";
import { planOffline, planOnline } from "../plan/plan-requests.ts";
import { isToDo, type PlannedRequest } from "../plan/planned.ts";
import { paintFor } from "../print/colors.ts";
import { escaped } from "../print/escaped.ts";
import { planText } from "../print/plan-tree.ts";
import { shellWord } from "../print/shell-quote.ts";

interface PlanCommandOptions extends InputOptions {
  readonly output?: string;
  readonly exitCode?: boolean;
  readonly format?: "tree" | "json" | "sh" | "oci" | "svg";
}

/** `guestshare plan`: what `apply` would do now. Nothing is changed. */
export async function plan(io: Io, [input]: readonly string[], options: PlanCommandOptions): Promise<number> {
  const { offline = false, output, exitCode = false } = options;
  if (offline && output !== undefined)
    throw usageError(
      "Cannot write a plan that was made offline",
      "leave out --offline",
      "nobody may apply it",
    );
  const roll = offline ? placeholderDigits : randomDigits;
  const { requests, recorded } = await inputOf(io, input, options, roll);
  if (recorded) throw usageError("Cannot plan a plan", "`guestshare apply` applies it", "it is one already");
  const planned = offline
    ? planOffline(requests)
    : await planOnline(requests, ({ sandbox }) => openShare(io, sandbox, options), io.signal);
  const file = { isApplicable: !offline, planned };
  if (output !== undefined) await writePlanFile(output, file);
  await print(io, planned, options, planFileText(file));
  return exitCode && isToDo(planned) ? ExitCode.toDo : ExitCode.done;
}

async function print(
  io: Io,
  planned: readonly PlannedRequest[],
  options: PlanCommandOptions,
  json: string,
): Promise<void> {
  const { offline, output, quiet } = options;
  io.stdout.write(await textOf(io, planned, options, json));
  if (quiet) return;
  if (offline) io.stderr.write("Nothing was looked at: this plan cannot be applied.\n");
  if (output !== undefined)
    io.stderr.write(
      `Written to ${escaped(output)}; apply exactly that by: guestshare apply ${shellWord(output)}\n`,
    );
}

async function textOf(
  io: Io,
  planned: readonly PlannedRequest[],
  { format: chosen = "tree", ...options }: PlanCommandOptions,
  json: string,
): Promise<string> {
  const format = options.json ? "json" : chosen;
  if (format === "json") return json;
  if (format === "tree") return planText(planned, paintFor(io.stdout, io, options));
  if (format === "svg") return (await import("../print/picture.ts")).planSvg(planned);
  const { ociText, scriptText } = await import("../plan/formats.ts");
  return format === "sh" ? scriptText(planned) : ociText(planned);
}
