import { resolve } from "node:path";
import type { FilesystemShare, Logger } from "../ffi/mod.ts";
import type { Sandbox, Step } from "../mod.ts";
import type { CommonOptions } from "./command.ts";
import { libcOf } from "./engine.ts";
import { millisecondsOf } from "./input/duration.ts";
import type { Io } from "./io.ts";
import { loggerOf } from "./logs.ts";
import { machineNamed } from "./machines.ts";

/** The sandbox of a command that names none. */
export const defaultId = "default";

/** The sandbox that a command's options name. A default is said. */
export function sandboxOf(io: Io, options: CommonOptions): Sandbox {
  const { id, hostDir, quiet } = options;
  if (id === undefined && !quiet) io.stderr.write(`The sandbox is "${defaultId}"; --id names another one.\n`);
  const named = { id: id ?? defaultId };
  const machine = machineNamed(io, named.id, options);
  if (machine) return machine;
  return hostDir === undefined ? named : { ...named, hostDir: resolve(io.cwd, hostDir) };
}

/** Is called after each step that was obeyed; `changed` is false where its change was there already. */
export type OnStep = (step: Step, changed: boolean) => void;

/** The options of commands that change a sandbox. */
export interface ShareOptions extends CommonOptions {
  /** How long another process may work on it. */
  readonly wait?: string;
}

/** What makes a sandbox's mounts, as the options say. Loads the host part. */
export async function openShare(
  io: Io,
  sandbox: Sandbox,
  options: ShareOptions,
  onStep?: OnStep,
): Promise<FilesystemShare> {
  const { FilesystemShare } = await import("../ffi/mod.ts");
  const { logger } = await loggerOf(io, options);
  return new FilesystemShare(sandbox, {
    ...(await libcOf(options)),
    ...(options.wait !== undefined && { lockTimeoutMs: millisecondsOf(options.wait, "--wait") }),
    logger: onStep ? tellingSteps(onStep, logger) : logger,
  });
}

// The host part says each step to its logger.
function tellingSteps(onStep: OnStep, logger: Logger | undefined): Logger {
  return {
    debug(fields, message) {
      const { step, changed } = fields as { step?: Step; changed?: boolean };
      if (step) onStep(step, changed === true);
      logger?.debug(fields, message);
    },
  };
}
