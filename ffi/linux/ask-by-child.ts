import { spawn } from "node:child_process";
import { resolve as absolute } from "node:path";
import { ETIMEDOUT } from "./errno.ts";
import { SyscallError } from "./syscall-error.ts";

/** How long a server may take to answer. */
export interface AskLimits {
  /** Before that is an error. */
  readonly timeoutMs: number;
  /** Ends the waiting at once, with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** The server of a source did not answer in time. */
export class UnansweredError extends SyscallError {
  /** The source's path. */
  readonly path: string;

  constructor(path: string, timeoutMs: number) {
    const what = `the server of ${JSON.stringify(path)} did not answer within ${timeoutMs} ms`;
    super("openat2", ETIMEDOUT, `${what}; see whether it runs and can be reached`);
    this.path = path;
  }
}

/** What is asked of a server: what has a path, or also what is in it. */
export type Question = "stat" | "list";

// Each child that a server leaves hanging is one process: more than these wait for another one to end.
const MOST_CHILDREN = 64;
// A timer that is longer goes off at once.
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** Where the programs of our children are. */
export const childPath =
  "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/run/current-system/sw/bin";

let children = 0;
const waiting: (() => void)[] = [];

/**
 * Has a child process look at a path whose server may not answer: a child can be given up. Once the child has looked, the
 * kernel has cached what it saw. Gives nothing: what was answered, a look of our own shows. A machine without the program,
 * or a Deno without `--allow-run=stat,ls`, has no such child; the path then counts as answered.
 *
 * @throws {SyscallError} ETIMEDOUT where nothing was answered in time.
 * @throws the signal's reason.
 */
export async function askByChild(path: string, question: Question, limits: AskLimits): Promise<void> {
  const { signal } = limits;
  signal?.throwIfAborted();
  if (children >= MOST_CHILDREN) await new Promise<void>((resolve) => waiting.push(resolve));
  children += 1;
  try {
    signal?.throwIfAborted();
    await ask(commandOf(absolute(path), question), limits, path);
  } finally {
    children -= 1;
    waiting.shift()?.();
  }
}

// "/." has an automounter mount what stat(2) alone does not.
function commandOf(path: string, question: Question): readonly [program: string, ...args: string[]] {
  return question === "list" ? ["ls", "-f", "--", path] : ["stat", "-L", "--", path, `${path}/.`];
}

function ask(
  [program, ...args]: readonly [string, ...string[]],
  { timeoutMs, signal }: AskLimits,
  path: string,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (error?: unknown) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      if (error === undefined) return resolve();
      // It may be stuck in the kernel, where no signal reaches it: nobody waits for it.
      child?.kill("SIGKILL");
      child?.unref();
      reject(error);
    };
    const onAbort = () => end(signal?.reason);
    const timer = setTimeout(
      () => end(new UnansweredError(path, timeoutMs)),
      Math.min(timeoutMs, LONGEST_TIMER_MS),
    );
    signal?.addEventListener("abort", onAbort);
    const child = start(program, args);
    child?.once("error", () => end());
    child?.once("exit", () => end());
    if (!child) end();
  });
}

function start(program: string, args: readonly string[]): ReturnType<typeof spawn> | undefined {
  try {
    return spawn(program, args, { stdio: "ignore", cwd: "/", env: { PATH: childPath } });
  } catch {
    return undefined; // Deno's permissions
  }
}
