import type { CommonOptions } from "../command.ts";
import { libcOf } from "../engine.ts";
import { ExitCode } from "../exit-code.ts";
import { namedHostDir } from "../host-dir.ts";
import type { Io } from "../io.ts";
import { paintFor } from "../print/colors.ts";
import { findingLines } from "../print/findings.ts";
import { jsonText } from "../print/json.ts";

interface AuditCommandOptions extends CommonOptions {
  readonly exitCode?: boolean;
}

/** `guestshare audit`: what is wrong with the sandboxes that there are, why that matters, and what mends it. Changes nothing. */
export async function audit(
  io: Io,
  _words: readonly string[],
  options: AuditCommandOptions,
): Promise<number> {
  const host = await import("../../ffi/mod.ts");
  const found = await host.audit({ hostDir: namedHostDir(io, options), ...(await libcOf(options)) });
  const { id } = options;
  const findings = id === undefined ? found : found.filter(({ sandbox }) => sandbox === id);
  if (options.json) io.stdout.write(jsonText({ findings }));
  else if (findings.length > 0)
    io.stdout.write(`${findingLines(findings, paintFor(io.stdout, io, options)).join("\n")}\n`);
  else if (!options.quiet) io.stderr.write("Nothing is wrong.\n");
  return options.exitCode && findings.length > 0 ? ExitCode.toDo : ExitCode.done;
}
