import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { NodeStatus } from "../../../node/mod.ts";
import { Child } from "../child.ts";
import type { TestRuntime } from "../nri/test-runtime.ts";
import { commandOf } from "../runtimes.ts";

/** What a monitor knows, how much it has told so far by kind, and its metrics. */
export interface MonitorKnown {
  readonly told: Readonly<Record<string, number>>;
  readonly status: NodeStatus;
  readonly metrics: string;
  readonly heapBytes?: number;
}

/** A monitor with a gate in a process of its own, which a runtime has synchronized. */
export class MonitorChild implements AsyncDisposable {
  readonly #child: Child;
  /** Where it looks for sandboxes. */
  readonly sandboxes: string;

  /** One that looks into a directory's "sandboxes"; with a moment it dies at that. */
  static async start(runtime: TestRuntime, directory: string, moment?: string): Promise<MonitorChild> {
    const sandboxes = join(directory, "sandboxes");
    mkdirSync(sandboxes, { recursive: true });
    const before = await runtime.synchronized();
    const words = [runtime.socket, sandboxes, ...(moment === undefined ? [] : [moment])];
    const started = new MonitorChild(new Child([...commandOf("nri-monitor"), ...words]), sandboxes);
    await started.#child.line();
    await started.synchronizedSince(runtime, before);
    return started;
  }

  private constructor(child: Child, sandboxes: string) {
    this.#child = child;
    this.sandboxes = sandboxes;
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Waits until its runtime has synchronized it once more than before. */
  async synchronizedSince(runtime: TestRuntime, before: number): Promise<void> {
    for (let tries = 0; (await runtime.synchronized()) <= before; tries += 1) {
      if (tries > 3000) throw new Error("the monitor was not synchronized within half a minute");
      await sleep(10);
    }
  }

  /** What it knows, after it has looked at the node. */
  async knows(): Promise<MonitorKnown> {
    return this.#answer("");
  }

  /** How many bytes of its heap are in use, after it has looked at the node and collected its garbage. */
  async heapBytes(): Promise<number> {
    return (await this.#answer("heap")).heapBytes as number;
  }

  async #answer(line: string): Promise<MonitorKnown> {
    this.#child.send(line);
    return JSON.parse(await this.#child.line()) as MonitorKnown;
  }

  /** The signal by which it ended, once it has. */
  async endedBy(): Promise<string | null> {
    return (await this.#child.ended).signal;
  }

  /** How much memory it has now, in bytes. */
  get memory(): number {
    return this.#bytesOf("VmRSS");
  }

  /** The most memory that it had since the last time that this was asked, in bytes. */
  takePeak(): number {
    const peak = this.#bytesOf("VmHWM");
    writeFileSync(`/proc/${this.pid}/clear_refs`, "5");
    return peak;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child.kill();
  }

  #bytesOf(field: "VmRSS" | "VmHWM"): number {
    const text = readFileSync(`/proc/${this.pid}/status`, "utf8");
    return Number(new RegExp(`${field}:\\s*(\\d+)`).exec(text)?.[1]) * 1024;
  }
}
