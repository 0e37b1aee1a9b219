import type { ChildProcess } from "node:child_process";
import { constants } from "node:os";

/** How a virtiofsd ended. */
export interface VirtiofsdExit {
  /** Its exit code; undefined if a signal ended it. */
  readonly code: number | undefined;
  /** The signal, such as "SIGKILL". */
  readonly signal: string | undefined;
}

/** How long a process may take from its shell's end to its own. */
const LINGER_MS = 10_000;

/**
 * How a kept program ended, once all of its processes have: they hold its log open. One that hangs in the kernel is not
 * waited for.
 */
export function exitOf(process: ChildProcess): Promise<VirtiofsdExit> {
  return new Promise((resolve) => {
    let exit: VirtiofsdExit = { code: 127, signal: undefined };
    const finish = () => resolve(exit);
    process.on("error", () => {
      if (process.pid === undefined) finish(); // it could not be started
    });
    process.on("exit", (code, signal) => {
      exit = signal === null ? ofCode(code ?? 0) : { code: undefined, signal };
      setTimeout(finish, LINGER_MS).unref();
    });
    process.on("close", finish);
  });
}

// A shell's code for a signal is 128 and more.
function ofCode(code: number): VirtiofsdExit {
  const name = Object.entries(constants.signals).find(([, number]) => number === code - 128)?.[0];
  return code > 128 && name !== undefined ? { code: undefined, signal: name } : { code, signal: undefined };
}
