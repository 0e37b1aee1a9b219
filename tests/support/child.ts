import { type ChildProcessByStdio, spawn } from "node:child_process";
import { kill } from "node:process";
import { createInterface, type Interface } from "node:readline";
import type { Readable, Writable } from "node:stream";

/** How a program ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

const living = new Set<Child>();

/** Kills the programs that a test left running, as one that fails does. */
export async function killLeftovers(): Promise<void> {
  await Promise.all([...living].map((child) => child.kill()));
}

/** A running program of a test. */
export class Child {
  readonly #process: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #ended: Promise<Ended>;
  readonly #lines: AsyncIterator<string>;
  #stdout = "";
  #stderr = "";

  constructor([program, ...args]: readonly [string, ...string[]]) {
    this.#process = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] });
    const lines: Interface = createInterface({ input: this.#process.stdout });
    this.#lines = lines[Symbol.asyncIterator]();
    this.#process.stdout.on("data", (text: Buffer) => {
      this.#stdout += text;
    });
    this.#process.stderr.on("data", (text: Buffer) => {
      this.#stderr += text;
    });
    living.add(this);
    this.#process.stdin.on("error", () => {}); // it may be gone already
    this.#ended = new Promise((resolve, reject) => {
      this.#process.on("error", reject);
      this.#process.on("close", (code, signal) => {
        living.delete(this);
        resolve({ code, signal, stdout: this.#stdout, stderr: this.#stderr });
      });
    });
  }

  get pid(): number {
    return this.#process.pid as number;
  }

  /** The next line that it prints. */
  async line(): Promise<string> {
    const next = await this.#lines.next();
    if (next.done) throw new Error(`Cannot read a line: the program ended\n${this.#stderr}`);
    return next.value;
  }

  send(line: string): void {
    this.#process.stdin.write(`${line}\n`);
  }

  /** Kills it. Its input stays open till then: ChildProcess.kill of Deno closes it first, and it would end by itself. */
  kill(): Promise<Ended> {
    if (living.has(this) && this.#process.exitCode === null && this.#process.signalCode === null)
      kill(this.pid, "SIGKILL");
    return this.#ended;
  }

  /** How it ended, when it has. */
  get ended(): Promise<Ended> {
    return this.#ended;
  }

  /** Closes its input and waits for its end. */
  end(): Promise<Ended> {
    this.#process.stdin.end();
    return this.#ended;
  }
}
