import type { Plan } from "../../mod.ts";
import type { CommonOptions } from "../command.ts";
import { libcOf } from "../engine.ts";
import { ExitCode } from "../exit-code.ts";
import { usageError } from "../failure.ts";
import { defaultHostDir, namedHostDir } from "../host-dir.ts";
import { inputOf } from "../input/requests.ts";
import type { Io } from "../io.ts";
import { pageAddress, sayLink } from "../link/page-address.ts";
import { linkToSandboxes } from "../link/table-text.ts";
import { placeholderDigits } from "../plan/digits.ts";
import { wholePlan } from "../plan/whole-plan.ts";
import { paintFor } from "../print/colors.ts";
import { escaped } from "../print/escaped.ts";
import { findingLines } from "../print/findings.ts";
import { jsonText } from "../print/json.ts";
import { type SandboxElsewhere, unmountedIn } from "../unmounted.ts";

interface AuditCommandOptions extends CommonOptions {
  readonly exitCode?: boolean;
  readonly plan?: readonly string[];
  readonly link?: boolean;
}

/** `guestshare audit`: what is wrong with the sandboxes that there are, why that matters, and what mends it. Changes nothing. */
export async function audit(
  io: Io,
  _words: readonly string[],
  options: AuditCommandOptions,
): Promise<number> {
  const page = options.link ? pageAddress(io) : undefined;
  const host = await import("../../ffi/mod.ts");
  const hostDir = namedHostDir(io, options);
  const seen = await host.audit({
    ...{ hostDir, plans: await plansIn(io, options.plan ?? []) },
    ...(await libcOf(options)),
  });
  const { id } = options;
  const { leftOver, elsewhere } = await unmountedIn(io, options);
  const found = hostDir === undefined ? [...seen, ...leftOver] : seen;
  const findings = id === undefined ? found : found.filter(({ sandbox }) => sandbox === id);
  if (!options.quiet) io.stderr.write(notAudited(elsewhere));
  const directories = findings.map(({ directory }) => directory);
  const link = page && directories.length > 0 ? await linkToSandboxes(io, page, directories) : undefined;
  if (options.json) io.stdout.write(jsonText({ findings, ...(link && { link }) }));
  else if (findings.length > 0)
    io.stdout.write(
      `${findingLines(findings, paintFor(io.stdout, io, options), defaultHostDir()).join("\n")}\n`,
    );
  else if (!options.quiet)
    io.stderr.write(elsewhere.length > 0 ? "Nothing is wrong here.\n" : "Nothing is wrong.\n");
  sayLink(io, options.json ? undefined : link);
  return options.exitCode && findings.length > 0 ? ExitCode.toDo : ExitCode.done;
}

function notAudited(elsewhere: readonly SandboxElsewhere[]): string {
  const [first, ...others] = elsewhere;
  if (!first) return "";
  if (others.length === 0)
    return escaped(`${first.id} is not audited: it lives in ${first.where}`).concat("\n");
  const ids = elsewhere.map(({ id }) => escaped(id)).join(", ");
  return `${ids} are not audited: they live in other mount namespaces (guestshare list --everywhere)\n`;
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
