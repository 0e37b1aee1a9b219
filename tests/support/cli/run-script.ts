import { spawnSync } from "node:child_process";
import { env } from "node:process";
import type { CommandResult } from "./run-command.ts";

/** Runs a script in a shell, to its end. `path` is where commands are looked for first. */
export function runScript(shell: string, script: string, path?: string): CommandResult {
  const { status, stdout, stderr } = spawnSync(shell, ["-s"], {
    ...{ encoding: "utf8", input: script },
    ...(path !== undefined && { env: { ...env, PATH: `${path}:${env.PATH}` } }),
  });
  return { exitCode: status, stdout, stderr };
}

/** The shells that a script is tried in: Debian's /bin/sh, which has POSIX's features alone, and bash. */
export const shells: readonly string[] = ["sh", "bash"];
