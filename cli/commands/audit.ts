import type { Plan } from "../../mod.ts";
import type { CommonOptions } from "../command.ts";
import { libcOf } from "../engine.ts";
import { ExitCode } from "../exit-code.ts";
import { usageError } from "../failure.ts";
import { defaultHostDir, namedHostDir } from "../host-dir.ts";
import { inputOf } from "../input/requests.ts";
import type { Io } from "../io.ts";
import { placeholderDigits } from "../plan/digits.ts";
import { wholePlan } from "../plan/whole-plan.ts";
import { paintFor } from "../print/colors.ts";
import { findingLines } from "../print/findings.ts";
import { jsonText } from "../print/json.ts";

interface AuditCommandOptions extends CommonOptions {
  readonly exitCode?: boolean;
  readonly plan?: readonly string[];
}

/** `guestshare audit`: what is wrong with the sandboxes that there are, why that matters, and what mends it. Changes nothing. */
export async function audit(
  io: Io,
  _words: readonly string[],
  options: AuditCommandOptions,
): Promise<number> {
  const host = await import("../../ffi/mod.ts");
  const found = await host.audit({
    ...{ hostDir: namedHostDir(io, options), plans: await plansIn(io, options.plan ?? []) },
    ...(await libcOf(options)),
  });
  const { id } = options;
  const findings = id === undefined ? found : found.filter(({ sandbox }) => sandbox === id);
  if (options.json) io.stdout.write(jsonText({ findings }));
  else if (findings.length > 0)
    io.stdout.write(
      `${findingLines(findings, paintFor(io.stdout, io, options), defaultHostDir()).join("\n")}\n`,
    );
  else if (!options.quiet) io.stderr.write("Nothing is wrong.\n");
  return options.exitCode && findings.length > 0 ? ExitCode.toDo : ExitCode.done;
}

// Whole plans: one that was made beside shares leaves out what they have.
async function plansIn(io: Io, files: readonly string[]): Promise<Plan[]> {
  const plans: Plan[] = [];
  for (const file of files) {
    const { recorded } = await inputOf(io, file, {}, placeholderDigits);
    if (!recorded)
      throw usageError(
        `Cannot compare shares with ${JSON.stringify(file)}`,
        "name what `guestshare plan -o` wrote",
        "it is no plan",
      );
    plans.push(...recorded.map(wholePlan));
  }
  return plans;
}
