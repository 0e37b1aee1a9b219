/**
 * A monitor with a gate, in a process of its own: its arguments are the socket of NRI, the gate's rules, and "remove" if it removes what
 * dead sandboxes left. It prints "ready", and its status after an audit for each line of its input.
 */
import { argv, stdin } from "node:process";
import { createInterface } from "node:readline";
import { Gate, Monitor, readGateRules } from "../../../node/mod.ts";

const [, , socket = "", rules = "{}", removes = ""] = argv;

let monitor: Monitor | undefined;
const gate = new Gate({
  ...{ rules: readGateRules(rules), isTrial: false },
  runtimePid: () => monitor?.status().places.process,
  tell: (news) => monitor?.tell(news),
});
monitor = await Monitor.start({
  living: { nri: { socket, handlers: gate.handlers } },
  ...{ gate: () => gate.counts(), graceMs: 0, auditEveryMs: 3_600_000, remove: removes === "remove" },
});
console.log("ready");
for await (const _ of createInterface({ input: stdin })) {
  await monitor.audit();
  console.log(JSON.stringify(monitor.status()));
}
await monitor.close();
