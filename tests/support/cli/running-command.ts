import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { env, kill } from "node:process";
import { setTimeout as wait } from "node:timers/promises";
import { binary } from "./run-command.ts";

/** A command that goes on until it is told to end. */
export class RunningCommand {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown[]>;
  readonly #isInTerminal: boolean;
  stdout = "";
  stderr = "";
  /** Once it has ended. */
  exitCode: number | null = null;

  private constructor(program: string, args: readonly string[], isInTerminal: boolean) {
    this.#child = spawn(program, args, { env: { ...env, TERM: "xterm" } });
    this.#ended = once(this.#child, "close");
    this.#isInTerminal = isInTerminal;
    this.#child.stdout?.setEncoding("utf8").on("data", (text) => {
      this.stdout += text.replaceAll("\r\n", "\n");
    });
    this.#child.stderr?.setEncoding("utf8").on("data", (text) => {
      this.stderr += text;
    });
  }

  /** Starts the command in a pipe. */
  static start(words: readonly string[]): RunningCommand {
    const [program, ...args] = binary;
    return new RunningCommand(program, [...args, ...words], false);
  }

  /** Starts the command in a terminal of 100 columns: its two outputs are one there. */
  static startInTerminal(words: readonly string[]): RunningCommand {
    const line = [...binary, ...words].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
    const script = ["-qec", `stty cols 100 -echo; exec ${line}`, "/dev/null"];
    return new RunningCommand("script", script, true);
  }

  /** Waits until its standard output has a text. */
  async says(pattern: RegExp): Promise<void> {
    const begun = performance.now();
    while (!pattern.test(this.stdout)) {
      const isOver = this.#child.exitCode !== null || performance.now() - begun > 60_000;
      if (isOver) throw new Error(`it did not say ${pattern}: ${this.stdout}${this.stderr}`);
      await wait(10);
    }
  }

  /** Ctrl-C, and its exit code. */
  async interrupt(): Promise<number | null> {
    if (this.#isInTerminal) this.#child.stdin?.write("\x03");
    // By its id: what Deno's own method kills has no exit code.
    else kill(this.#child.pid as number, "SIGINT");
    return this.end();
  }

  /** What a supervisor of services sends, and its exit code. */
  async terminate(): Promise<number | null> {
    kill(this.#child.pid as number, "SIGTERM");
    return this.end();
  }

  /** Waits for its end; its exit code. */
  async end(): Promise<number | null> {
    const [exitCode, signal] = await this.#ended;
    if (signal !== null) throw new Error(`it was ended by ${signal}`);
    this.exitCode = exitCode as number | null;
    return this.exitCode;
  }
}
