import type { GcResult } from "../../ffi/mod.ts";
import type { Leftover } from "../../vm/mod.ts";
import type { CommonOptions } from "../command.ts";
import { libcOf } from "../engine.ts";
import { ExitCode } from "../exit-code.ts";
import { usageError } from "../failure.ts";
import { hostDirsOf } from "../host-dir.ts";
import { millisecondsOf } from "../input/duration.ts";
import { type LivingOptions, livingOf } from "../input/living.ts";
import type { Io } from "../io.ts";
import { type Garbage, garbageLines, garbageSummary, messageOf } from "../print/garbage.ts";
import { jsonText } from "../print/json.ts";

interface GcCommandOptions extends CommonOptions, LivingOptions {
  readonly grace?: string;
  readonly yes?: boolean;
  readonly exitCode?: boolean;
}

/** `guestshare gc`: tells which sandboxes are dead, and with `--yes` removes what they left. */
export async function gc(io: Io, _words: readonly string[], options: GcCommandOptions): Promise<number> {
  if (options.id !== undefined)
    throw usageError(
      "Cannot collect one sandbox by --id",
      "leave out --id, or remove that sandbox by `guestshare cleanup --id`",
      "all sandboxes of a directory are judged",
    );
  const graceMs = options.grace === undefined ? undefined : millisecondsOf(options.grace, "--grace");
  const living = await livingOf(io, options);
  const host = await import("../../ffi/mod.ts");
  const { yes: remove = false } = options;
  const results: GcResult[] = [];
  for (const hostDir of hostDirsOf(io, options))
    results.push(...(await host.gc({ hostDir, remove, graceMs, living, ...(await libcOf(options)) })));
  // What is beside sandboxes is nowhere that a user names.
  const isAnywhere = options.hostDir === undefined;
  const leftovers = isAnywhere
    ? (await import("../../vm/mod.ts")).clearLeftovers({ env: io.env, remove })
    : [];
  print(io, { results, leftovers }, options);
  const left = [...results, ...leftovers].filter(({ state, isRemoved }) => state === "dead" && !isRemoved);
  if (remove && left.length > 0) return ExitCode.leftBehind;
  return options.exitCode && left.length > 0 ? ExitCode.toDo : ExitCode.done;
}

function print(io: Io, garbage: Garbage, { json, quiet, yes }: GcCommandOptions): void {
  const { results, leftovers } = garbage;
  if (json) {
    io.stdout.write(jsonText({ sandboxes: results.map(asJson), leftovers: leftovers.map(asJson) }));
    return;
  }
  if (results.length + leftovers.length > 0) io.stdout.write(`${garbageLines(garbage).join("\n")}\n`);
  if (!quiet) io.stderr.write(`${garbageSummary(garbage, yes === true)}\n`);
}

function asJson({ error, ...result }: GcResult | Leftover): object {
  return { ...result, ...(error !== undefined && { error: messageOf(error) }) };
}
