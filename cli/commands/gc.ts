import type { GcResult } from "../../ffi/mod.ts";
import type { CommonOptions } from "../command.ts";
import { libcOf } from "../engine.ts";
import { ExitCode } from "../exit-code.ts";
import { usageError } from "../failure.ts";
import { hostDirsOf } from "../host-dir.ts";
import { millisecondsOf } from "../input/duration.ts";
import { type LivingOptions, livingOf } from "../input/living.ts";
import type { Io } from "../io.ts";
import { garbageLines, garbageSummary, messageOf } from "../print/garbage.ts";
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
  print(io, results, options);
  const left = results.filter(({ state, isRemoved }) => state === "dead" && !isRemoved);
  if (remove && left.length > 0) return ExitCode.leftBehind;
  return options.exitCode && left.length > 0 ? ExitCode.toDo : ExitCode.done;
}

function print(io: Io, results: readonly GcResult[], { json, quiet, yes }: GcCommandOptions): void {
  if (json) {
    const sandboxes = results.map(({ error, ...result }) => ({
      ...result,
      ...(error !== undefined && { error: messageOf(error) }),
    }));
    io.stdout.write(jsonText({ sandboxes }));
    return;
  }
  if (results.length > 0) io.stdout.write(`${garbageLines(results).join("\n")}\n`);
  if (!quiet) io.stderr.write(`${garbageSummary(results, yes === true)}\n`);
}
