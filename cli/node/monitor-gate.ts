import { resolve } from "node:path";
import type { Gate, GateOptions, NodeNews } from "../../node/mod.ts";
import { ExitCode } from "../exit-code.ts";
import { CommandError, usageError } from "../failure.ts";
import { textOf } from "../input/files.ts";
import type { Io } from "../io.ts";

/** How a command line asks for a gate. */
export interface MonitorGateOptions {
  readonly gate?: string;
  readonly gateTrial?: boolean;
}

/** What a gate hears of its monitor, once there is one. */
export interface GateSurroundings {
  runtimePid(): number | "own" | undefined;
  tell(news: NodeNews): void;
}

/**
 * The gate that the options ask for; undefined where they ask for none.
 *
 * @throws {CommandError} for a file that cannot be read, or has no rules.
 */
export async function gateOf(
  io: Io,
  { gate: file, gateTrial = false }: MonitorGateOptions,
  around: GateSurroundings,
): Promise<Gate | undefined> {
  if (file === undefined) {
    if (!gateTrial) return undefined;
    throw usageError("Cannot try a gate without its rules", "name them by --gate", "nothing would be judged");
  }
  const { Gate, readGateRules } = await import("../../node/mod.ts");
  try {
    const rules = readGateRules(await textOf(io, resolve(io.cwd, file)));
    const runtimePid: GateOptions["runtimePid"] = () => around.runtimePid();
    return new Gate({ rules, isTrial: gateTrial, runtimePid, tell: (news) => around.tell(news) });
  } catch (error) {
    const { syscall, code, message } = error as NodeJS.ErrnoException;
    throw new CommandError({
      what: `Cannot read the rules of ${JSON.stringify(file)}: ${syscall === undefined ? message : code}`,
      why: "a gate without its rules would let each container pass",
      next: "mend the file, or leave out --gate",
      exitCode: ExitCode.usage,
    });
  }
}
