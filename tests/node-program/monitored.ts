import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import type { GateRules, NodeStatus } from "../../node/mod.ts";
import { Child } from "../support/child.ts";
import { serviceVariables } from "../support/deploy/service.ts";
import { commandOf } from "../support/runtimes.ts";
import type { TestNode } from "./node.ts";
import { childrenOf } from "./supervised.ts";

/** The rules of the gate of these checks. */
export const rules = { refuse: { hostRoot: true, runtimeSockets: true } };

/** How a monitor is started. */
export interface MonitoredOptions {
  /** "remove" has it remove what dead sandboxes left. */
  readonly removes?: "remove" | "";
  /** All that it gets of root's capabilities. */
  readonly capabilities?: readonly string[];
  /** The rules of its gate. */
  readonly rules?: GateRules;
}

/** A monitor with a gate, in a process of its own beside containerd. */
export class MonitorProcess implements AsyncDisposable {
  readonly #child: Child;

  private constructor(child: Child) {
    this.#child = child;
  }

  /** Starts one, with the variables of the service in deploy/. */
  static async start(node: TestNode, options: MonitoredOptions = {}): Promise<MonitorProcess> {
    const { removes = "", capabilities, rules: chosen = rules } = options;
    // Without them the heap grows by steps at first, each of which is more than what 100 pods may leave.
    const command: [string, ...string[]] = [
      ...(["env", ...serviceVariables()] as const),
      ...commandOf("gated-monitor"),
      ...[node.socket, JSON.stringify(chosen), removes],
    ];
    const bounded = capabilities ? withCapabilities(capabilities, command) : command;
    const child = new Child(node.beside(...bounded));
    assert.equal(await child.line(), "ready");
    return new MonitorProcess(child);
  }

  /** What it knows after an audit. */
  async status(): Promise<NodeStatus> {
    this.#child.send("audit");
    return JSON.parse(await this.#child.line());
  }

  /** Its process, by its number here: nsenter starts it as a child. */
  get pid(): number {
    return childrenOf(this.#child.pid)[0] as number;
  }

  /** Kills it, and the one that started it ends. */
  async kill(): Promise<void> {
    process.kill(this.pid, "SIGKILL");
    await this.#child.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child.end();
  }
}

/** A command that has no other capabilities than these, such as sys_admin. */
function withCapabilities(names: readonly string[], command: [string, ...string[]]): [string, ...string[]] {
  const all = ["-all", ...names.map((name) => `+${name}`)].join(",");
  return ["setpriv", `--bounding-set=${all}`, "--inh-caps=-all", "--no-new-privs", "--", ...command];
}

/** What a process has had of the processors so far, in milliseconds. */
export function processorMsOf(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  // Behind the name, which may have anything in it: proc_pid_stat(5). A tick is 10 ms on every Linux that Node runs on.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** What a process holds. */
export interface Held {
  readonly descriptors: number;
  readonly residentKb: number;
}

/** What a process holds now. */
export function heldBy(pid: number): Held {
  const [, resident] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return { descriptors: readdirSync(`/proc/${pid}/fd`).length, residentKb: Number(resident) };
}
