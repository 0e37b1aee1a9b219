import { stateOfRequests } from "../../link/state.ts";
import type { PlanRequest } from "../../mod.ts";
import { ExitCode } from "../exit-code.ts";
import { usageError } from "../failure.ts";
import { type InputOptions, inputOf } from "../input/requests.ts";
import type { Io } from "../io.ts";
import { linkTo, pageAddress, sayLink } from "../link/page-address.ts";
import { linked } from "../link/refused.ts";
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
  readonly link?: boolean;
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
  const page = options.link ? pageAddress(io) : undefined;
  const planned = await plannedOf(io, input, options, page);
  const file = { isApplicable: !offline, planned };
  const link = page && (await linkTo(io, page, stateOfRequests(planned.map(({ request }) => request))));
  if (output !== undefined) await writePlanFile(output, file);
  await print(io, planned, options, planFileText(file, link));
  sayLink(io, options.json || options.format === "json" ? undefined : link);
  return exitCode && isToDo(planned) ? ExitCode.toDo : ExitCode.done;
}

// With the address of the page, what is refused is linked to it.
async function plannedOf(
  io: Io,
  input: string | undefined,
  options: PlanCommandOptions,
  page: string | undefined,
): Promise<PlannedRequest[]> {
  const roll = options.offline ? placeholderDigits : randomDigits;
  let requests: readonly PlanRequest[] | undefined;
  try {
    const read = await inputOf(io, input, options, roll);
    if (read.recorded)
      throw usageError("Cannot plan a plan", "`guestshare apply` applies it", "it is one already");
    requests = read.requests;
    if (options.offline) return planOffline(requests);
    return await planOnline(requests, ({ sandbox }) => openShare(io, sandbox, options), io.signal);
  } catch (error) {
    if (page === undefined) throw error;
    throw await linked(io, page, error, { input, options, requests });
  }
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
