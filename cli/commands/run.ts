import { randomBytes } from "node:crypto";
import { userInfo } from "node:os";
import { usageError } from "../failure.ts";
import { namedHostDir } from "../host-dir.ts";
import type { Io } from "../io.ts";
import { loggerOf } from "../logs.ts";
import { givenDirectory } from "../run/given.ts";
import { machineLog } from "../run/machine-log.ts";
import {
  type RunCommandOptions,
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
  const { quiet = false, workdir, kernel } = options;
  const directory = namedHostDir(io, options);
  const requested = requestedShares(io, options);
  const [env, size] = [requestedVariables(options), requestedSize(options)];
  const given = await givenDirectory(io, text);
  const vm = await import("../../vm/mod.ts");
  if (userInfo().uid !== 0) {
    await vm.inOwnNamespace(async () => {}); // there this user is root, and comes here once more
    return io.innerExitCode();
  }
  const { logger } = await loggerOf(io, options);
  const id = options.id ?? `run-${randomBytes(3).toString("hex")}`;
  if (!quiet && io.stderr.isTerminal)
    io.stderr.write(`From another terminal: guestshare share --id ${id} SOURCE:TARGET\n`);
  return runSession(vm, io, {
    ...{ given, requested, command: rest[0] === "--" ? rest.slice(1) : rest },
    open: { id, ...(directory !== undefined && { directory }) },
    start: { ...size, ...(kernel !== undefined && { kernel }) },
    place: { env, ...(workdir !== undefined && { cwd: workdir }) },
    log: machineLog(io, logger, quiet),
  });
}
