import { type ChildProcessByStdio, spawn } from "node:child_process";
import process from "node:process";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { MonitorError } from "../monitor/monitor-error.ts";
import type { OnMounts } from "./follow-mounts.ts";
import { type Line, longestLine, type Order } from "./protocol.ts";

// What it prints of its own accord is an error's text: the end of it is kept.
const MOST_ERROR = 2000;

// V8 would take 16 MB three times for what is new. Nearly nothing of a look outlives it, and it waits for nothing but the kernel.
const flags = "--max-semi-space-size=2";

/** A child that looks: lines go in, and lines come out. It ends with this process. */
export class LookingChild {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #onMounts: OnMounts;
  readonly #ended: Promise<void>;
  readonly #lines: Line[] = [];
  #unread: string[] = [];
  #unreadLength = 0;
  #stderr = "";
  #end: MonitorError | undefined;
  #wake: () => void = () => {};

  constructor(onMounts: OnMounts) {
    this.#onMounts = onMounts;
    const [program = "", ...args] = commandLine();
    this.#child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"], cwd: "/" });
    this.#child.stdin.on("error", () => {}); // it has ended: that is told by its end
    this.#child.stdout.setEncoding("utf8").on("data", (text: string) => this.#read(text));
    this.#child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-MOST_ERROR);
    });
    this.#ended = new Promise((resolve) => {
      this.#child.once("error", (cause) => {
        this.#stop(new MonitorError("not-started", `no child can be started: ${cause.message}`, { cause }));
        resolve();
      });
      this.#child.once("close", (code, signal) => {
        const said = this.#stderr.trim() === "" ? "" : `: ${this.#stderr.trim()}`;
        this.#stop(new MonitorError("ended", `the child that looks has ended by ${signal ?? code}${said}`));
        resolve();
      });
    });
  }

  /** Its number. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Gives an order. */
  send(order: Order): void {
    this.#child.stdin.write(`${JSON.stringify(order)}\n`);
  }

  /**
   * The next line that it says, but for mounts, which are heard of as they come.
   *
   * @throws {MonitorError} "ended" if it says no more, "silent" if it says nothing for so long: then it is killed.
   */
  async next(silentMs: number): Promise<Line> {
    const timer = setTimeout(() => {
      const why = `the child that looks has said nothing for ${silentMs} ms`;
      this.#stop(new MonitorError("silent", why));
      this.#child.kill("SIGKILL");
    }, silentMs);
    try {
      for (;;) {
        const line = this.#lines.shift();
        if (line) return line;
        if (this.#end) throw this.#end;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends it. What it is doing to a sandbox is done by whoever comes next. */
  async end(): Promise<void> {
    this.#stop(new MonitorError("closed", "the monitor was closed"));
    this.#child.kill("SIGKILL");
    await this.#ended;
  }

  #stop(error: MonitorError): void {
    this.#end ??= error;
    this.#wake();
  }

  #read(text: string): void {
    const pieces = text.split("\n");
    for (const [at, piece] of pieces.entries()) {
      this.#unread.push(piece);
      this.#unreadLength += piece.length;
      if (this.#unreadLength > longestLine) {
        this.#stop(new MonitorError("failed", "the child that looks has said too long a line"));
        this.#child.kill("SIGKILL");
        this.#unread = [];
        return;
      }
      if (at < pieces.length - 1) this.#take();
    }
  }

  #take(): void {
    const text = this.#unread.join("");
    this.#unread = [];
    this.#unreadLength = 0;
    const line = JSON.parse(text) as Line;
    if (line.kind === "mounts") this.#onMounts(line.directory, line.attached, line.detached);
    else this.#lines.push(line);
    this.#wake();
  }
}

// Beside this module, as a source, as what tsc makes of it, and in the package's bundle.
function commandLine(): string[] {
  const isSource = import.meta.url.endsWith(".ts");
  const program = new URL(isSource ? "./looking.ts" : "./looking.js", import.meta.url);
  const path = program.protocol === "file:" ? fileURLToPath(program) : program.href;
  if ("deno" in process.versions)
    return [process.execPath, "run", "--allow-all", "--no-check", "--quiet", `--v8-flags=${flags}`, path];
  return [process.execPath, ...("bun" in process.versions ? [] : [flags]), path];
}
