import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import type { NodeStatus } from "../../node/mod.ts";
import { Child } from "../support/child.ts";
import { commandOf } from "../support/runtimes.ts";
import type { TestNode } from "./node.ts";
import { childrenOf } from "./supervised.ts";

/** The rules of the gate of these checks. */
export const rules = { refuse: { hostRoot: true, runtimeSockets: true } };

/** A monitor with a gate, in a process of its own beside containerd. */
export class MonitorProcess implements AsyncDisposable {
  readonly #child: Child;

  private constructor(child: Child) {
    this.#child = child;
  }

  /** Starts one; "remove" has it remove what dead sandboxes left. `capabilities` are all that it gets of root's. */
  static async start(
    node: TestNode,
    removes: "remove" | "" = "",
    capabilities?: readonly string[],
  ): Promise<MonitorProcess> {
    const command: [string, ...string[]] = [
      ...commandOf("gated-monitor"),
      ...[node.socket, JSON.stringify(rules), removes],
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
