import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, readlinkSync } from "node:fs";
import { constants } from "node:os";
import process from "node:process";

const TELLING = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** What ends a program by the kernel when the one that started it is killed. Both are of util-linux. */
export const dyingWithParent: readonly string[] = ["setpriv", "--pdeathsig", "KILL"];

/** How a program ended, and the signal that its caller was told to end by meanwhile. */
export interface Ending {
  readonly code: number;
  readonly told: NodeJS.Signals | undefined;
}

/**
 * Runs this program once more behind a command that leads into a namespace, such as `nsenter`, with its own command line and these
 * variables of the environment. A signal that tells this process to end is handed on, and awaits the other's end.
 */
export async function runAgain(
  command: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<Ending> {
  const [program = "", ...args] = command;
  const inner = spawn(program, [...args, ...dyingWithParent, ...ownCommandLine()], {
    ...{ env: { ...process.env, ...variables }, stdio: "inherit" },
  });
  let told: NodeJS.Signals | undefined;
  const passOn = (signal: NodeJS.Signals) => {
    told = signal;
    inner.kill(signal);
  };
  for (const name of TELLING) process.on(name, passOn);
  try {
    const [status, signal] = await once(inner, "close");
    return { code: status ?? codeOf(signal), told };
  } catch (cause) {
    throw new Error(`Cannot start ${program}, which util-linux has`, { cause });
  } finally {
    for (const name of TELLING) process.off(name, passOn);
  }
}

// A shell's code for a signal.
function codeOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}

/** The exit code of whoever ends as another one did: a signal that he was told to end by prevails. */
export function exitCodeOf({ code, told }: Ending): number {
  return told === undefined ? code : codeOf(told);
}

/** Ends this process as another one ended, once there is nothing more to do. */
export function endAs(ending: Ending): void {
  const { told } = ending;
  process.exitCode = exitCodeOf(ending);
  if (told !== undefined) process.kill(process.pid, told); // in vain where somebody listens
}

/** The mount namespace of a process: "mnt:[4026531832]". */
export function mountNamespaceOf(process: number | "self"): string {
  return readlinkSync(`/proc/${process}/ns/mnt`);
}

// As the kernel has it: with the options of the runtime, which each runtime tells otherwise.
function ownCommandLine(): string[] {
  const [, ...words] = readFileSync("/proc/self/cmdline", "utf8").split("\0").slice(0, -1);
  return [process.execPath, ...words];
}
