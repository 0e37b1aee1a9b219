/**
 * A monitor as a process of its own, which answers each line of its input with what it knows after an audit, as JSON.
 *
 *     node-monitor.js <socket of NRI> <directory of sandboxes> [remove]
 */
import { readFileSync } from "node:fs";
import process from "node:process";
import { createInterface } from "node:readline";
import { Monitor, type NodeCounts, type RemovedCounts } from "../node/mod.ts";
import { childOf } from "../tests/support/node/child-of.ts";

/** What is said after an audit. */
export interface Audited {
  readonly ms: number;
  /** Resident memory of this process and of the child that looks, in bytes. */
  readonly bytes: readonly [own: number, child: number];
  readonly counts: NodeCounts;
  readonly pods: Readonly<Record<string, number>>;
  readonly removed: RemovedCounts;
}

const [socket = "", directory = "", remove] = process.argv.slice(2);
const monitor = await Monitor.start({
  ...{ living: { nri: { socket } }, directories: [directory], graceMs: 0, auditEveryMs: 3_600_000 },
  remove: remove !== undefined,
});

async function audited(): Promise<Audited> {
  const start = performance.now();
  await monitor.audit();
  const ms = performance.now() - start;
  const { counts, living, removed } = monitor.status();
  return {
    ms,
    bytes: [residentOf(process.pid), residentOf(childOf(process.pid))],
    counts,
    pods: living.pods,
    removed,
  };
}

function residentOf(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1]) * 1024;
}

console.log("ready");
for await (const _ of createInterface({ input: process.stdin })) console.log(JSON.stringify(await audited()));
await monitor.close();
