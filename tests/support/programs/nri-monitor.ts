/**
 * A monitor with a gate, by a runtime's socket: its arguments are the socket, a directory of sandboxes, and a moment at which it dies: a
 * handler of the gate, or the state of a pod that is told of. It prints "ready" once it is started. On each line of its standard input it
 * looks at the node once more, and prints how much it has told so far, and the metrics, as JSON; on the line "heap" how many bytes of its
 * heap are in use, too, once all garbage is collected.
 */
import { argv, kill, pid, stdin } from "node:process";
import { createInterface } from "node:readline";
import { Gate, Monitor, metricsText, type NodeEvent } from "../../../node/mod.ts";
import { heapBytes } from "../heap-bytes.ts";

const [, , socket = "", directory = "", moment = ""] = argv;
const die = () => kill(pid, "SIGKILL");
const rules = { refuse: { hostRoot: true, kernelFilesystems: true, runtimeSockets: true } };
const gate: Gate = new Gate({ rules, isTrial: false, tell: (news) => monitor.tell(news) });
const handlers = { ...gate.handlers, ...(moment in gate.handlers && { [moment]: die }) };
const told: Record<string, number> = {};

const wordOf = (event: NodeEvent) => (event.kind === "pod" ? event.state : event.kind);

const monitor: Monitor = await Monitor.start({
  living: { nri: { socket, handlers, leaveOut: gate.leaveOut, lighten: gate.lighten } },
  ...{ directories: [directory], auditEveryMs: 500, gate: () => gate.counts() },
  log: { debug: (event) => void (wordOf(event as NodeEvent) === moment && die()) },
});
void (async () => {
  for await (const event of monitor.events()) told[wordOf(event)] = (told[wordOf(event)] ?? 0) + 1;
})();
console.log("ready");
for await (const line of createInterface({ input: stdin })) {
  await monitor.audit();
  const status = monitor.status();
  const metrics = metricsText(status, { perPod: true });
  console.log(JSON.stringify({ told, status, metrics, ...(line === "heap" && { heapBytes: heapBytes() }) }));
}
await monitor.close();
