import { readFileSync } from "node:fs";
import type { PlanRequest } from "../../mod.ts";
import { differ, readMountinfo } from "../../table/mod.ts";
import { ExitCode } from "../exit-code.ts";
import { type InputOptions, inputOf } from "../input/requests.ts";
import type { Io } from "../io.ts";
import { openShare } from "../open-share.ts";
import { randomDigits } from "../plan/digits.ts";
import { planOnline } from "../plan/plan-requests.ts";
import { realPathsOf } from "../plan/real-paths.ts";
import { wholePlan } from "../plan/whole-plan.ts";
import { paintFor } from "../print/colors.ts";
import { differenceLines, differenceSummary, differencesOfHub } from "../print/differences.ts";
import { jsonText } from "../print/json.ts";

interface DiffCommandOptions extends InputOptions {
  readonly exitCode?: boolean;
}

/** `guestshare diff`: what a plan would have mounted and the kernel has not, and the reverse. Changes nothing. */
export async function diff(io: Io, [input]: readonly string[], options: DiffCommandOptions): Promise<number> {
  const { requests, recorded } = await inputOf(io, input, options, randomDigits);
  const open = ({ sandbox }: PlanRequest) => openShare(io, sandbox, options);
  const planned = recorded ?? (await planOnline(requests, open, io.signal));
  // Refused where the sandbox lives in another mount namespace.
  for (const { request } of recorded ?? []) await (await open(request)).plan("prepare");
  const { mounts } = readMountinfo(readFileSync("/proc/self/mountinfo"));
  const plans = planned.map(wholePlan);
  const differences = differ(mounts, plans, { realPaths: realPathsOf(plans) });
  if (options.json) io.stdout.write(jsonText({ differences }));
  else {
    const shown = differencesOfHub(differences);
    for (const line of differenceLines(shown, paintFor(io.stdout, io, options))) io.stdout.write(`${line}\n`);
    if (!options.quiet) io.stderr.write(`${differenceSummary(shown)}\n`);
  }
  return options.exitCode && differences.length > 0 ? ExitCode.toDo : ExitCode.done;
}
