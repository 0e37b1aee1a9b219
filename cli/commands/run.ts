import { randomBytes } from "node:crypto";
import { basename, resolve } from "node:path";
import { usageError } from "../failure.ts";
import { namedHostDir } from "../host-dir.ts";
import type { Io } from "../io.ts";
import { loggerOf } from "../logs.ts";
import { type GivenDirectory, givenDirectory } from "../run/given.ts";
import { machineLog } from "../run/machine-log.ts";
import {
  type RunCommandOptions,
  requestedDirectory,
  requestedShares,
  requestedSize,
  requestedVariables,
} from "../run/options.ts";
import { runSession } from "../run/session.ts";

/** `guestshare run`: runs a command in a virtual machine, connected with this process, and ends as it did. */
export async function run(io: Io, words: readonly string[], options: RunCommandOptions): Promise<number> {
  const [text = "", ...rest] = words;
  if (options.json)
    throw usageError("Cannot run with --json", "leave it out: the command's output is its own");
  const { quiet = false, kernel } = options;
  const directory = namedHostDir(io, options);
  const requested = requestedShares(io, options);
  const workdir = requestedDirectory(options);
  const [env, size] = [requestedVariables(options), requestedSize(options)];
  const given = await givenDirectory(io, text);
  const vm = await import("../../vm/mod.ts");
  const code = await vm.runInOwnNamespace({ directory, signal: io.signal }); // nothing is left of one that is killed
  if (code !== undefined) return code;
  const { logger } = await loggerOf(io, options);
  const id = options.id ?? `run-${randomBytes(3).toString("hex")}`;
  if (!quiet && io.stderr.isTerminal)
    io.stderr.write(`From another terminal: guestshare share --id ${id} ${into(given)}SOURCE:TARGET\n`);
  return runSession(vm, io, {
    ...{ given, requested, command: rest[0] === "--" ? rest.slice(1) : rest },
    open: { id, ...(directory !== undefined && { directory }) },
    start: { ...size, ...(kernel !== undefined && { kernel: resolve(io.cwd, kernel) }) },
    place: { env, ...(workdir !== undefined && { cwd: workdir }) },
    log: machineLog(io, logger, quiet),
  });
}

// What is shared without it is in the machine, where a container does not see it.
function into({ path, kind }: GivenDirectory): string {
  return kind === "bundle" ? `--container ${basename(path)} ` : "";
}
