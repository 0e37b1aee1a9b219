import { readFileSync, writeFileSync } from "node:fs";
import { Child } from "../child.ts";
import { commandOf } from "../runtimes.ts";
import type { PlayedRuntime } from "./played-runtime.ts";

/** A plugin in a process of its own, whose memory is measured. */
export interface MeasuredPlugin {
  readonly child: Child;
  /** How much its memory has grown at most since this was asked last, above what it had at first, in bytes. */
  readonly growth: () => Promise<number>;
}

/** Starts a program that is a plugin, and prints its memory on each line that it reads. `warm` is what it does before it is measured. */
export async function measuredPlugin(
  runtime: PlayedRuntime,
  program: "nri-memory" | "gate-memory",
  warm: () => Promise<unknown> = async () => {},
): Promise<MeasuredPlugin> {
  const child = new Child([...commandOf(program), runtime.socket]);
  await child.line();
  await warm();
  child.send("");
  const before = Number(await child.line());
  peakOf(child.pid);
  return { child, growth: async () => peakOf(child.pid) - before };
}

/** The most memory that a process had since the last time this was asked, in bytes. */
function peakOf(pid: number): number {
  const [, kilobytes] = /VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  writeFileSync(`/proc/${pid}/clear_refs`, "5");
  return Number(kilobytes) * 1024;
}
