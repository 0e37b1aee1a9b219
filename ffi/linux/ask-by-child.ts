import { resolve as absolute } from "node:path";
import { type Question, type RemoteRest, walkToServer } from "./cached-source.ts";
import { EAGAIN, ETIMEDOUT } from "./errno.ts";
import type { Machine } from "./machine.ts";
import { ServerQueue, type StartAsking } from "./server-queue.ts";
import { SourceError } from "./source-error.ts";
import { SyscallError } from "./syscall-error.ts";

/** How long a server may take to answer. */
export interface AskLimits {
  /** After this time without an answer, that is an error. */
  readonly timeoutMs: number;
  /** Ends the wait at once, with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** The server of a source did not answer in time. */
export class UnansweredError extends SourceError {
  constructor(path: string, timeoutMs: number) {
    const what = `the server of ${JSON.stringify(path)} did not answer within ${timeoutMs} ms`;
    super(path, "openat2", ETIMEDOUT, `${what}; see whether it runs and can be reached`);
  }
}

/** Where the programs of our children are. */
export const childPath =
  "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/run/current-system/sw/bin";

type Spawn = typeof import("node:child_process").spawn;

const queue = new ServerQueue();
// What a child has as its descriptor of the directory.
const DIRECTORY = 3;

/**
 * Has a child process look at a path whose server may not answer: a child can be given up. Once the child has looked, the
 * kernel has cached what the child saw. The answer itself is not given: a look of our own shows it. A machine without the program,
 * or a Deno without `--allow-run=stat,ls`, has no such child; the path then counts as answered.
 *
 * @throws {SyscallError} ETIMEDOUT where nothing was answered in time, and why no child could be started.
 * @throws the signal's reason.
 */
export async function askByChild(
  machine: Machine,
  path: string,
  question: Question,
  { timeoutMs, signal }: AskLimits,
): Promise<void> {
  signal?.throwIfAborted();
  const { spawn } = await import("node:child_process");
  const server = usingRest(machine, path, (rest) => (rest ? machine.sys.statx(rest.directory).mountId : 0));
  // Walked again when it is the path's turn: a waiting question keeps nothing open.
  const start: StartAsking = (settle) =>
    usingRest(machine, path, (rest) => look(spawn, commandOf(path, question, rest), rest, settle));
  const onTimeout = () => new UnansweredError(path, timeoutMs);
  await queue.ask(server, start, { timeoutMs, signal, onTimeout });
}

// Below a directory of its filesystem's: a path may lead through this process's own part of proc, where a child has another.
function usingRest<T>({ sys, table }: Machine, path: string, use: (rest: RemoteRest | undefined) => T): T {
  let rest: RemoteRest | undefined;
  try {
    rest = walkToServer(sys, table, path);
  } catch (error) {
    if (!(error instanceof SyscallError)) throw error; // the next open reports it
  }
  try {
    return use(rest);
  } finally {
    if (rest) sys.close(rest.directory);
  }
}

function commandOf(
  path: string,
  question: Question,
  rest: RemoteRest | undefined,
): readonly [string, ...string[]] {
  const from = rest ? `/proc/self/fd/${DIRECTORY}/${rest.relative}` : absolute(path);
  // "/." has an automounter mount what stat(2) alone does not.
  return question === "list" ? ["ls", "-fR", "--", from] : ["stat", "-L", "--", from, `${from}/.`];
}

// Starts a child; gives the function that gives the child up.
function look(
  spawn: Spawn,
  [program, ...args]: readonly [string, ...string[]],
  rest: RemoteRest | undefined,
  settle: (error?: unknown) => void,
): () => void {
  const directory = rest ? [rest.directory] : [];
  try {
    const child = spawn(program, args, {
      stdio: ["ignore", "ignore", "ignore", ...directory],
      cwd: "/",
      env: { PATH: childPath },
    });
    child.once("error", (error) => settle(whyNone(error)));
    child.once("exit", () => settle());
    return () => {
      // The child may be stuck in the kernel, where no signal reaches it: nothing waits for its end.
      child.kill("SIGKILL");
      child.unref();
    };
  } catch (error) {
    settle(whyNone(error));
    return () => {};
  }
}

// Without the program, or Deno's permission to run it, no child can be asked; any other error means no room for a child.
function whyNone(error: unknown): SyscallError | undefined {
  const { code, errno, name } = error as { code?: unknown; errno?: unknown; name?: unknown };
  const hasNone = [code, name].some((word) => NONE.has(word));
  if (hasNone) return undefined;
  // Deno's error has the number in its text alone.
  const told = typeof errno === "number" ? -errno : Number(/os error (\d+)/.exec(String(error))?.[1]);
  return new SyscallError("fork", told > 0 ? told : EAGAIN);
}

const NONE: ReadonlySet<unknown> = new Set([
  "ENOENT",
  "EACCES",
  "NotFound",
  "NotCapable",
  "PermissionDenied",
]);
