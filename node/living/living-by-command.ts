import { spawn } from "node:child_process";
import { once } from "node:events";
import { kill } from "node:process";
import type { Readable } from "node:stream";

// A runtime's client answers in a fraction of a second. One that hangs is ended.
const LONGEST_MS = 20_000;
const MOST_BYTES = 8 * 1024 * 1024;

/**
 * Gives the ids of all sandboxes that live, as a shell's command prints them, one a line. A command that fails gives none, nor does one
 * that prints nothing: in a pipe a shell tells nothing of a failure. What it has started ends with `ended`.
 *
 * @example
 * ```ts
 * import { livingByCommand } from "guestshare/node";
 *
 * const list = livingByCommand("echo s1; echo s2", AbortSignal.timeout(60_000));
 * console.log(await list()); // [ 's1', 's2' ]
 * ```
 */
export function livingByCommand(command: string, ended: AbortSignal): () => Promise<string[]> {
  return async () => {
    const ids = linesOf(await outputOf(command, ended));
    if (ids.length > 0) return ids;
    throw new Error(`${JSON.stringify(command)} names nobody who lives`);
  };
}

async function outputOf(command: string, ended: AbortSignal): Promise<string> {
  const shell = spawn("sh", ["-c", command], { detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const closed = once(shell, "close");
  let how: string | undefined;
  // All that the shell has started is in its group, such as each part of a pipe.
  const endAll = (why: string) => {
    how ??= why;
    killGroup(shell.pid);
    shell.stdout.destroy();
    shell.stderr.destroy();
  };
  const timer = setTimeout(() => endAll(`no end within ${LONGEST_MS} ms`), LONGEST_MS);
  const onEnded = () => endAll("the monitor ends");
  ended.addEventListener("abort", onEnded, { once: true });
  if (ended.aborted) onEnded();
  const stdout = collected(shell.stdout, () => endAll(`more than ${MOST_BYTES} bytes`));
  const stderr = collected(shell.stderr, () => {});
  const [code, signal] = await closed.finally(() => {
    clearTimeout(timer);
    ended.removeEventListener("abort", onEnded);
  });
  if (code === 0 && how === undefined) return stdout();
  const said = stderr().trim().slice(0, 200);
  how ??= signal === null ? `exit code ${code}` : `signal ${signal}`;
  throw new Error(`${JSON.stringify(command)} fails: ${how}${said && `, ${JSON.stringify(said)}`}`);
}

/** What a stream says, as far as it is not too much: that is told. */
function collected(stream: Readable, onTooMuch: () => void): () => string {
  let text = "";
  stream.setEncoding("utf8").on("data", (piece: string) => {
    if (text.length + piece.length > MOST_BYTES) onTooMuch();
    else text += piece;
  });
  return () => text;
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) kill(-pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}

function linesOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
