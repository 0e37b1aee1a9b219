import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { SynchronizeRequestSchema } from "../../ffi/nri/generated/nri_pb.ts";
import { MonitorChild, type MonitorKnown } from "../support/node/monitor-child.ts";
import { bytesOf, containerOf, eventOf, podOf } from "../support/nri/messages.ts";
import type { RuntimeProgram } from "./program.ts";

/** What a process has. */
interface Holdings {
  readonly kibibytes: number;
  readonly descriptors: number;
  readonly mounts: number;
}

const BATCHES = 100;
// In percent. What is garbage at the moment of a sample is more than that of some pods.
const MOST_GROWTH = 5;
const TENTH = BATCHES / 10;
const rootBind = { destination: "/host", source: "/", type: "bind", options: ["rbind"] };
const refused = eventOf("startContainer", podOf("p"), containerOf("c", "p", { mounts: [rootBind] }));
const life = bytesOf(SynchronizeRequestSchema, { pods: [podOf("p")], containers: [containerOf("c", "p")] });

/**
 * Has so many pods start and end beside a monitor with a gate, while sandboxes come and go and containers are refused: what the monitor
 * and the child that looks for it hold does not grow in the second half. Gives what was seen.
 */
export async function holdChurn(runtime: RuntimeProgram, directory: string, pods: number): Promise<string> {
  await using monitor = await MonitorChild.start(runtime, directory);
  const start = performance.now();
  const seen = await churned(runtime, monitor, Math.floor(pods / BATCHES));
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  const own = seen.map(([first]) => first as Holdings);
  const child = seen.map(([, second]) => second as Holdings);
  return `${pods} pods in ${seconds} s: ${steady("the monitor", own)}; ${steady("its child", child)}`;
}

/** What the monitor and its child hold after each batch. */
async function churned(runtime: RuntimeProgram, monitor: MonitorChild, pods: number): Promise<Holdings[][]> {
  const seen: Holdings[][] = [];
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const sandbox = join(monitor.sandboxes, `s${batch}`);
    mkdirSync(sandbox);
    await runtime.churn(batch * pods, pods, life);
    assert.match((await runtime.event("startContainer", refused)).error ?? "", /host-root/);
    assertWhole(await monitor.knows(), (batch + 1) * pods, batch + 1);
    seen.push([monitor.pid, ...childrenOf(monitor.pid)].map(holdingsOf));
    rmdirSync(sandbox);
  }
  return seen;
}

/** Every event arrived, and nothing is left of a pod that is gone. */
function assertWhole({ told, status }: MonitorKnown, pods: number, batches: number): void {
  const { running, stopped, removed, gap = 0 } = told;
  assert.deepEqual([running, stopped, removed, gap], [pods, pods, pods, 0]);
  const { gate, living, sandboxes, missedEvents } = status;
  assert.deepEqual([gate?.judged, gate?.refused], [pods + batches, batches]);
  assert.deepEqual([living.pods.running, living.pods.stopped, living.losses], [0, 0, 0]);
  assert.deepEqual([sandboxes.length, missedEvents], [1, 0]);
}

function holdingsOf(pid: number): Holdings {
  const [, kibibytes] = /VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  const descriptors = readdirSync(`/proc/${pid}/fd`).length;
  const mounts = readFileSync(`/proc/${pid}/mountinfo`, "latin1").split("\n").length - 1;
  return { kibibytes: Number(kibibytes), descriptors, mounts };
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").map(Number);
}

/** Asserts that the second half did not grow, from its first samples to its last ones. */
function steady(name: string, seen: readonly Holdings[]): string {
  const half = seen.slice(BATCHES / 2);
  const [first, last] = [holdingsIn(half.slice(0, TENTH)), holdingsIn(half.slice(-TENTH))];
  const growth = (100 * (last.kibibytes - first.kibibytes)) / first.kibibytes;
  const { descriptors, mounts } = last;
  const memory = `${first.kibibytes} to ${last.kibibytes} KiB (${growth.toFixed(1)} %)`;
  const said = `${name} ${memory}, ${descriptors} descriptors, ${mounts} mounts`;
  assert.ok(growth < MOST_GROWTH, said);
  assert.deepEqual([descriptors, mounts], [first.descriptors, first.mounts], said);
  return said;
}

/** What was there in all samples of some, and the middle of their memory. */
function holdingsIn(seen: readonly Holdings[]): Holdings {
  const kibibytes = seen.map((one) => one.kibibytes).sort((a, b) => a - b)[Math.floor(seen.length / 2)];
  const least = (numbers: number[]) => Math.min(...numbers);
  return {
    kibibytes: kibibytes as number,
    descriptors: least(seen.map((one) => one.descriptors)),
    mounts: least(seen.map((one) => one.mounts)),
  };
}
