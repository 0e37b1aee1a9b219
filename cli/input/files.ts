import { readFile } from "node:fs/promises";
import { ExitCode } from "../exit-code.ts";
import { CommandError } from "../failure.ts";
import { type Io, textOfStdin } from "../io.ts";

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
  return reading(path, () => readFile(path, "utf8"));
}

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
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === undefined) throw cause;
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
