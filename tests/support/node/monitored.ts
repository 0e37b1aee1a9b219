import { join } from "node:path";
import { pid } from "node:process";
import { SynchronizeRequestSchema } from "../../../ffi/nri/generated/nri_pb.ts";
import { Monitor, type MonitorOptions, type NodeEvent } from "../../../node/mod.ts";
import { bytesOf, podOf } from "../nri/messages.ts";
import { PlayedRuntime } from "../nri/played-runtime.ts";
import type { Scratch } from "../scratch.ts";

/** The state of a runtime that has these pods; those of `stopped` lack their process. */
export function podsState(running: readonly string[], stopped: readonly string[] = []): Uint8Array {
  const pods = [...running.map((id) => podOf(id, { pid })), ...stopped.map((id) => podOf(id, { pid: 0 }))];
  return bytesOf(SynchronizeRequestSchema, { pods });
}

/** A runtime that is played, and listens in a test's directory. */
export async function runtimeIn(
  scratch: Scratch,
  running: readonly string[] = [],
  stopped: readonly string[] = [],
): Promise<PlayedRuntime> {
  const runtime = await PlayedRuntime.start(join(scratch.path, "nri.sock"));
  await runtime.setState(podsState(running, stopped));
  return runtime;
}

/** A monitor of a test's directory of sandboxes, which audits when it is told to. */
export function monitorOf(
  scratch: Scratch,
  living: MonitorOptions["living"],
  options: Partial<MonitorOptions> = {},
): Promise<Monitor> {
  return Monitor.start({
    ...{ living, directories: [scratch.hostDir], auditEveryMs: 3_600_000, graceMs: 0, ...options },
  });
}

/** A monitor that a played runtime tells who lives. */
export function monitorBy(
  { socket }: PlayedRuntime,
  scratch: Scratch,
  options: Partial<MonitorOptions> = {},
): Promise<Monitor> {
  return monitorOf(scratch, { nri: { socket } }, options);
}

/** What is known of each sandbox: "s1 living listed". */
export function verdictsOf(monitor: Monitor): string[] {
  return monitor.status().sandboxes.map(({ id, state, reason }) => `${id} ${state} ${reason}`);
}

/** Collects what a monitor tells from now on. */
export function collected(monitor: Monitor): NodeEvent[] {
  const events: NodeEvent[] = [];
  const iterator = monitor.events();
  void (async () => {
    for await (const event of iterator) events.push(event);
  })();
  return events;
}
