import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { env, execPath } from "node:process";
import { packageRoot } from "../package-root.ts";
import { ownRuntime } from "../runtimes.ts";

/** The command `guestshare` on this test's runtime: Node runs what was bundled, Deno the sources. */
export const binary: readonly [program: string, ...args: string[]] =
  ownRuntime === "deno"
    ? [execPath, "run", "-A", "--no-check", join(packageRoot, "cli/bin.ts")]
    : [execPath, join(packageRoot, "dist/doors/guestshare.js")];

/** How a run of the command ended. */
export interface CommandResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a run of the command gets beside its words. */
export interface CommandSetting {
  readonly stdin?: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the command to its end, in a pipe. */
export function runCommand(words: readonly string[], setting: CommandSetting = {}): CommandResult {
  return runProgram([...binary, ...words], setting);
}

/** Runs a program to its end, in a pipe. */
export function runProgram(
  [program, ...args]: readonly [program: string, ...args: string[]],
  setting: CommandSetting = {},
): CommandResult {
  const { stdin = "", cwd } = setting;
  const { status, stdout, stderr } = spawnSync(program, args, {
    ...{ encoding: "utf8", input: stdin, env: { ...plainEnvironment, ...setting.env } },
    ...(cwd !== undefined && { cwd }),
  });
  return { exitCode: status, stdout, stderr };
}

/** Runs the command to its end, in a terminal of 100 columns that gets these keys. Its two outputs are one there. */
export function runInTerminal(words: readonly string[], setting: CommandSetting = {}): CommandResult {
  const { stdin = "", cwd } = setting;
  const line = [...binary, ...words].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  const script = ["-qec", `stty cols 100 -echo; exec ${line}`, "/dev/null"];
  const { status, stdout, stderr } = spawnSync("script", script, {
    ...{ encoding: "utf8", input: stdin, env: { ...plainEnvironment, TERM: "xterm", ...setting.env } },
    ...(cwd !== undefined && { cwd }),
  });
  return { exitCode: status, stdout: stdout.replaceAll("\r\n", "\n"), stderr };
}

/** What this test's own run has of colors is not the command's. Deno gives a child all that it has itself, so they are empty. */
export const plainEnvironment: Readonly<Record<string, string | undefined>> = {
  ...env,
  NO_COLOR: "",
  FORCE_COLOR: "",
};
