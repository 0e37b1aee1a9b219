import { type ChildProcessByStdio, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";

/** A call that a program is asked to make. */
export interface ProgramCall {
  readonly id: number;
  readonly service: string;
  readonly method: string;
  /** The value of the BytesValue, as base64. */
  readonly value: string;
  readonly timeoutMs: number;
  readonly metadata: Readonly<Record<string, string>>;
  /** Whether to begin a stream instead of a call. */
  readonly stream?: boolean;
}

/** How it ended. */
export interface ProgramAnswer {
  readonly id: number;
  /** gRPC's code; 0 for a success. Absent if the call had no status. */
  readonly code?: number;
  readonly message?: string;
  /** The value of the BytesValue, as base64. */
  readonly value?: string;
  /** What happened instead of a status, such as an end of the connection. */
  readonly error?: string;
  /** Whether the program's library cannot do what was asked for. */
  readonly isUnable?: boolean;
}

/** Somebody's program that makes ttrpc calls: a JSON object a line for each, answered in any order. */
export class TtrpcProgram implements AsyncDisposable {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #waiting = new Map<number, (answer: ProgramAnswer) => void>();
  #lastId = 0;
  #hasEnded = false;

  constructor(path: string, role: "call" | "serve", address: string) {
    this.#process = spawn(path, [role, address], { stdio: ["pipe", "pipe", "inherit"] });
    this.#process.on("close", () => {
      this.#hasEnded = true;
      for (const [id, resolve] of this.#waiting) resolve({ id, error: "the program has ended" });
    });
    createInterface(this.#process.stdout).on("line", (line) => {
      const answer = JSON.parse(line) as ProgramAnswer;
      this.#waiting.get(answer.id)?.(answer);
      this.#waiting.delete(answer.id);
    });
  }

  /** Has it make a call. */
  call(call: Partial<Omit<ProgramCall, "id">> & { method: string }): Promise<ProgramAnswer> {
    this.#lastId += 1;
    const id = this.#lastId;
    if (this.#hasEnded) return Promise.resolve({ id, error: "the program has ended" });
    const defaults = { service: "guestshare.test.Echo", value: "", timeoutMs: 10_000, metadata: {} };
    this.#process.stdin.write(`${JSON.stringify({ id, ...defaults, ...call })}\n`);
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  /** Ends it: a program ends with its standard input. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.stdin.end();
    if (!this.#hasEnded) await new Promise((resolve) => this.#process.once("close", resolve));
  }
}
