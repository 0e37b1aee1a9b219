import { constants } from "node:fs";
import { open, readFile, stat } from "node:fs/promises";
import { ExitCode } from "../exit-code.ts";
import { CommandError } from "../failure.ts";
import { type Io, interruption, textOfStdin } from "../io.ts";

const nexts: Readonly<Record<string, string>> = {
  ENOENT:
    "correct the path; a bundle is a directory, a request a file of JSON, and - reads a request from stdin",
  ENOTDIR: "correct the path: a file is where it needs a directory",
  EISDIR: "name a file",
  EACCES: "run it as a user who may do that",
};

/** The text of a file that the command line names, or of stdin for "-". */
export async function textAt(io: Io, path: string): Promise<string> {
  if (path === "-") return textOfStdin(io);
  return reading(path, () => textOf(io, path));
}

/** The text of a file. Ctrl-C ends the wait for who writes into a FIFO. */
export async function textOf({ signal }: Io, path: string): Promise<string> {
  if (!(await stat(path)).isFIFO()) return readFile(path, "utf8");
  signal.throwIfAborted();
  // The kernel keeps the thread that opens it till there is a writer, and the thread keeps the process: here is one for an instant.
  const release = () =>
    void open(path, constants.O_WRONLY | constants.O_NONBLOCK).then(close, () => undefined);
  signal.addEventListener("abort", release, { once: true });
  return Promise.race([readFile(path, "utf8"), interruption(signal)]);
}

const close = (file: { close(): Promise<void> }) => file.close();

/** What reading a path gives; an errno is said with the path and with what to do. */
export function reading<T>(path: string, read: () => Promise<T>): Promise<T> {
  return trying("read", path, read);
}

/** The same of writing. */
export function writing(path: string, write: () => Promise<void>): Promise<void> {
  return trying("write", path, write);
}

async function trying<T>(verb: string, path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const code = (cause as { code?: unknown }).code;
    // What interrupts has a number.
    if (typeof code !== "string") throw cause;
    const isMissing = code === "ENOENT" && verb === "write";
    const failure = {
      what: `Cannot ${verb} ${JSON.stringify(path)}: ${code}`,
      why: "the command line names it, and nothing was done",
      next: isMissing ? "make its directory first" : (nexts[code] ?? "see `guestshare doctor`"),
      exitCode: ExitCode.usage,
    };
    throw new CommandError(failure, { cause });
  }
}
