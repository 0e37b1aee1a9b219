import type { CommonOptions } from "../command.ts";
import type { Check } from "../doctor/check.ts";
import { checkEngine } from "../doctor/engine.ts";
import { checkCalls, checkKernel, checkMounting } from "../doctor/kernel.ts";
import { checkNamespaces } from "../doctor/namespaces.ts";
import { checkPlaces } from "../doctor/places.ts";
import { checkPrograms } from "../doctor/programs.ts";
import { ExitCode } from "../exit-code.ts";
import { hostDirOf } from "../host-dir.ts";
import type { Io } from "../io.ts";
import { checkLines } from "../print/checks.ts";
import { paintFor } from "../print/colors.ts";
import { jsonText } from "../print/json.ts";

/** `guestshare doctor`: whether this machine can share files, and what to do where it cannot. Changes nothing. */
export async function doctor(io: Io, _words: readonly string[], options: CommonOptions): Promise<number> {
  const { libc, check } = await checkEngine(options.engine);
  const checks: readonly Check[] = [
    checkKernel(),
    check,
    ...(libc ? [...checkCalls(libc), checkMounting(libc)] : []),
    ...checkNamespaces(),
    ...checkPlaces(hostDirOf(io, { ...options, quiet: true })),
    ...(await checkPrograms(io.env.PATH ?? "")),
  ];
  const canShare = checks.every(({ state }) => state !== "bad");
  if (options.json) io.stdout.write(jsonText({ canShare, checks }));
  else io.stdout.write(`${checkLines(checks, paintFor(io.stdout, io, options)).join("\n")}\n`);
  if (!options.json && !options.quiet)
    io.stderr.write(canShare ? "This machine can share files.\n" : "This machine cannot share files.\n");
  return canShare ? ExitCode.done : ExitCode.failed;
}
