import { execFile } from "node:child_process";

// A runtime's client answers in a fraction of a second. One that hangs is ended.
const LONGEST_MS = 20_000;
const MOST_BYTES = 8 * 1024 * 1024;

/**
 * Gives the ids of all sandboxes that live, as a shell's command prints them, one a line. A command that fails gives none, nor does one
 * that prints nothing: in a pipe a shell tells nothing of a failure.
 */
export function livingByCommand(command: string): () => Promise<string[]> {
  return async () => {
    const ids = linesOf(await outputOf(command));
    if (ids.length > 0) return ids;
    throw new Error(`${JSON.stringify(command)} names nobody who lives`);
  };
}

function outputOf(command: string): Promise<string> {
  const options = { timeout: LONGEST_MS, killSignal: "SIGKILL", maxBuffer: MOST_BYTES } as const;
  return new Promise((resolve, reject) => {
    const child = execFile(
      "sh",
      ["-c", command],
      { ...options, encoding: "utf8" },
      (error, stdout, stderr) => {
        if (!error) return resolve(stdout);
        const said = stderr.trim().slice(0, 200);
        const how = error.killed ? `no end within ${LONGEST_MS} ms` : `exit code ${error.code}`;
        return reject(
          new Error(`${JSON.stringify(command)} fails: ${how}${said && `, ${JSON.stringify(said)}`}`),
        );
      },
    );
    child.stdin?.end();
  });
}

function linesOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
