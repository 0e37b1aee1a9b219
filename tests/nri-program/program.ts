import { Buffer } from "node:buffer";
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import type { NriEventName } from "../../ffi/nri/events.ts";
import { rowOf } from "../support/nri/played-plugin.ts";
import type { Outcome, TestRuntime } from "../support/nri/test-runtime.ts";

interface Call {
  readonly id: number;
  readonly op: "event" | "state" | "synchronized" | "churn";
  readonly method?: string;
  readonly value?: string;
  readonly first?: number;
  readonly count?: number;
}

interface Answer {
  readonly id: number;
  readonly value?: string;
  readonly error?: string;
  readonly count?: number;
}

type Process = ChildProcessByStdio<Writable, Readable, null>;

/** A runtime made of NRI's own library: a JSON object a line for each call, answered one after the other. */
export class RuntimeProgram implements TestRuntime {
  readonly socket: string;
  readonly #path: string;
  readonly #plugins: string;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #process: Process | undefined;
  #nri: "0.8" | "0.12" = "0.12";
  #lastId = 0;
  #state = "";

  private constructor(path: string, socket: string, plugins: string) {
    this.#path = path;
    this.socket = socket;
    this.#plugins = plugins;
  }

  /** Starts it, with the plugins of a directory. NRI_LOG shows what its library logs. */
  static async start(path: string, socket: string, plugins: string): Promise<RuntimeProgram> {
    const program = new RuntimeProgram(path, socket, plugins);
    await program.#start();
    return program;
  }

  get nri(): "0.8" | "0.12" {
    return this.#nri;
  }

  async event(name: NriEventName, request: Uint8Array): Promise<Outcome> {
    const method = rowOf(name).request.name.replace(/Request$/, "");
    const { value, error } = await this.#call({ op: "event", method, value: base64(request) });
    return { error, value: value === undefined ? undefined : Buffer.from(value, "base64") };
  }

  /** Has so many pods start and end, one after the other, from a number on, made after a state's first pod and container. */
  async churn(first: number, count: number, state: Uint8Array): Promise<void> {
    const { error } = await this.#call({ op: "churn", first, count, value: base64(state) });
    if (error !== undefined) throw new Error(error);
  }

  /** A container with its adjusted mounts, of a validation's request. NRI 0.8 does not have it. */
  async adjusted(request: Uint8Array): Promise<Uint8Array> {
    const call = { method: "AdjustedContainer", value: base64(request) };
    const { value = "", error } = await this.#call({ op: "event", ...call });
    if (error !== undefined) throw new Error(error);
    return Buffer.from(value, "base64");
  }

  async setState(state: Uint8Array): Promise<void> {
    this.#state = base64(state);
    await this.#call({ op: "state", value: this.#state });
  }

  async synchronized(): Promise<number> {
    return (await this.#call({ op: "synchronized" })).count ?? 0;
  }

  async restart(): Promise<void> {
    await this[Symbol.asyncDispose]();
    await this.#start();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const running = this.#process as Process;
    running.stdin.end();
    if (running.exitCode === null) await new Promise((resolve) => running.once("close", resolve));
  }

  async #start(): Promise<void> {
    const log = process.env.NRI_LOG ? "inherit" : "ignore";
    const started = spawn(this.#path, [this.socket, this.#plugins], {
      stdio: ["pipe", "pipe", log],
    }) as Process;
    this.#process = started;
    const lines = createInterface(started.stdout);
    this.#nri = await new Promise((resolve, reject) => {
      started.once("close", () => reject(new Error(`${this.#path} has ended`)));
      lines.once("line", (line) => resolve(JSON.parse(line).nri));
    });
    lines.on("line", (line) => {
      const answer = JSON.parse(line) as Answer;
      this.#waiting.get(answer.id)?.(answer);
      this.#waiting.delete(answer.id);
    });
    if (this.#state !== "") await this.#call({ op: "state", value: this.#state });
  }

  #call(call: Omit<Call, "id">): Promise<Answer> {
    this.#lastId += 1;
    const id = this.#lastId;
    this.#process?.stdin.write(`${JSON.stringify({ id, ...call })}\n`);
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
