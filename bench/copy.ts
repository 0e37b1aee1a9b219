/**
 * Copies a tree to an agent that was started for it, and prints one number. Each copy has a process of its own, as nearly
 * every copy of a user has: the runtime compiles while it copies.
 *
 *     copy.js time <deno|koffi|ffi-rs> <agent> <guest> <source> <window> <milliseconds>
 *     copy.js memory <deno|koffi|ffi-rs> <agent> <guest> <source> <window> <milliseconds>
 *
 *     time      ms from the call of copyTree to its result
 *     memory    MiB that the process had at the most while it copied, above what it had before, connected and idle
 *
 * The agent is the program of agent.c, which holds its answers for the milliseconds. The guest is an empty directory, in
 * which the tree arrives below `shared`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { connectAgent } from "../ffi/agent/mod.ts";
import { copyTree } from "../ffi/copy/copy-tree.ts";
import { hostOf } from "../ffi/linux/host.ts";
import type { LibcName } from "../ffi/linux/libc.ts";
import { openLibc } from "../ffi/linux/open-libc.ts";
import { startAgent } from "./agent.ts";

const GUEST_PATH = "/run/kata-containers/shared/containers/tree";

const [what = "", libcName, program = "", guest = "", source = "", window, delayMs = ""] =
  process.argv.slice(2);
const host = hostOf(await openLibc(libcName as LibcName));
const { socket, end } = await startAgent(program, guest, delayMs);
const agent = await connectAgent(`unix://${socket}`);
const measures: Record<string, () => Promise<number>> = { time, memory };
console.log(await measures[what]?.());
await agent.close();
await end();

async function copy(): Promise<void> {
  const { skipped, warnings } = await copyTree(host, source, GUEST_PATH, agent, { window: Number(window) });
  const [note] = [...skipped, ...warnings];
  if (note) throw new Error(`Cannot measure a copy: "${note.path}" did not arrive as it is (${note.reason})`);
}

async function time(): Promise<number> {
  const start = performance.now();
  await copy();
  return performance.now() - start;
}

async function memory(): Promise<number> {
  writeFileSync("/proc/self/clear_refs", "5"); // the peak is counted from here on (proc(5))
  const before = kibOf("VmRSS");
  await copy();
  return (kibOf("VmHWM") - before) / 1024;
}

function kibOf(name: string): number {
  const [, kib] =
    new RegExp(`^${name}:\\s*(\\d+) kB$`, "m").exec(readFileSync("/proc/self/status", "utf8")) ?? [];
  return Number(kib);
}
