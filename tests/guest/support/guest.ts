import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Duplex, Readable } from "node:stream";
import { argumentsFor, type Hardware, modulesFor } from "./hardware.ts";
import { initramfsOf } from "./initramfs.ts";
import { findKernel, type Kernel } from "./needs.ts";
import type { TreeEntry } from "./tree.ts";

const CALL_TIMEOUT_MS = 60_000;

/** An argument of a call: text, or bytes where it is no UTF-8. */
export type Argument = string | Buffer;

/** A call that the guest made and that failed. */
export class GuestError extends Error {
  /** The name of the errno. */
  readonly code: string;

  constructor(code: string, call: readonly Argument[]) {
    super(`Cannot ${call.join(" ").slice(0, 300)} in the guest: ${code}`);
    this.name = "GuestError";
    this.code = code;
  }
}

export interface BootOptions {
  readonly timeoutMs?: number;
  /** More of the kernel's command line. */
  readonly words?: readonly string[];
  /** "inherit" for a console on this program's terminal. */
  readonly terminal?: "pipe" | "inherit";
}

/** A virtual machine that runs: what is called is done in it. */
export class Guest {
  readonly #process: ChildProcess;
  readonly #channel: Duplex;
  readonly #lines: AsyncIterator<string>;
  readonly #ended: Promise<void>;
  #console = "";
  #last: Promise<unknown> = Promise.resolve();

  private constructor(process: ChildProcess) {
    this.#process = process;
    this.#channel = process.stdio[3] as Duplex;
    this.#channel.on("error", () => {}); // told by the end of its lines
    this.#lines = createInterface({ input: this.#channel })[Symbol.asyncIterator]();
    for (const stream of [process.stdout, process.stderr]) this.#keep(stream);
    this.#ended = new Promise((resolve) => process.on("close", () => resolve()));
  }

  /** Boots a guest with this hardware; its own files are made in `directory`. */
  static async boot(
    directory: string,
    hardware: Hardware,
    { timeoutMs = 60_000, words: more = [], terminal = "pipe" }: BootOptions = {},
  ): Promise<Guest> {
    const kernel = findKernel() as Kernel;
    const initramfs = join(directory, "initramfs");
    writeFileSync(initramfs, initramfsOf(directory, kernel.modules, modulesFor(hardware)));
    const words = ["console=ttyS0", "quiet", "panic=-1", "reboot=t", `tsc_early_khz=${clockKhz()}`, ...more];
    const args = argumentsFor(hardware, kernel, { initramfs, words, channel: 3 });
    const stdio: StdioOptions = [terminal, terminal, "pipe", "pipe"];
    const guest = new Guest(spawn("qemu-system-x86_64", args, { stdio }));
    try {
      await guest.#answer(timeoutMs);
    } catch (error) {
      await guest.kill();
      throw new Error(`Cannot boot a guest:\n${guest.#console}`, { cause: error });
    }
    return guest;
  }

  /** Makes one call, after all that were made before it. */
  async call<T = null>(...call: readonly Argument[]): Promise<T> {
    const turn = this.#last.then(async () => {
      this.#channel.write(`${escaped(JSON.stringify(call.map(bytesOf)))}\n`);
      return this.#answer(CALL_TIMEOUT_MS);
    });
    this.#last = turn.catch(() => {});
    const answer = (await turn) as { value: T } | { error: string };
    if ("error" in answer) throw new GuestError(answer.error, call);
    return answer.value;
  }

  /** A directory with all that is below it, or a file. */
  tree(path: string): Promise<TreeEntry[]> {
    return this.call("tree", path);
  }

  read(path: string): Promise<string> {
    return this.call<string>("read", path).then(textOf);
  }

  write(path: string, content: string): Promise<null> {
    return this.call("write", path, content);
  }

  /** The names in a directory. */
  names(path: string): Promise<string[]> {
    return this.call<string[]>("names", path).then((names) => names.map(textOf));
  }

  /** What a program printed. */
  async run(...command: readonly string[]): Promise<string> {
    const { code, output } = await this.call<{ code: number; output: string }>("run", ...command);
    if (code !== 0) throw new Error(`Cannot run ${command.join(" ")} in the guest: ${code}\n${output}`);
    return output;
  }

  /** Has the guest go down, if it is up. */
  async end(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    this.#channel.write('["poweroff"]\n');
    const late = setTimeout(() => this.#process.kill("SIGKILL"), 10_000);
    await this.#ended;
    clearTimeout(late);
  }

  /** Waits until it went down by itself. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  /** Takes its power. */
  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#ended;
  }

  #keep(stream: Readable | null): void {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      this.#console += text;
    });
  }

  async #answer(timeoutMs: number): Promise<unknown> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const error = new Error(`Cannot hear the guest: nothing for ${timeoutMs} ms\n${this.#console}`);
      timer = setTimeout(() => reject(error), timeoutMs);
    });
    const line = this.#lines.next().catch(() => ({ done: true, value: "" })); // a connection that broke
    const next = await Promise.race([line, late]).finally(() => clearTimeout(timer));
    if (next.done) throw new Error(`Cannot hear the guest: it is gone\n${this.#console}`);
    return JSON.parse(next.value);
  }
}

// Told, because on a busy machine the guest's kernel measures it in vain, and then waits for ever.
function clockKhz(): number {
  const mhz = /^cpu MHz\s*: ([\d.]+)$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1];
  return Math.round(Number(mhz) * 1000);
}

// Strings cross as bytes, each one character: see guest/json.h.
function bytesOf(argument: Argument): string {
  return Buffer.from(argument as string).toString("latin1");
}

function textOf(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString();
}

function escaped(json: string): string {
  return json.replace(/[\x7f-\xff]/g, (each) => `\\u00${each.charCodeAt(0).toString(16)}`);
}
