/**
 * A monitor that removes what dead sandboxes left, in a process of its own: nobody lives but the ids that it is given.
 *
 *     node-monitor.js HOST-DIR ID...
 *
 * Prints "ready" after its first audit, and a line for each one that a line of its input asks for.
 */
import { argv, stdin } from "node:process";
import { createInterface } from "node:readline";
import { Monitor } from "../../../node/mod.ts";

const [hostDir = "", ...ids] = argv.slice(2);
const monitor = await Monitor.start({
  ...{ living: { list: async () => ids }, directories: [hostDir], graceMs: 0, remove: true },
  auditEveryMs: 3_600_000,
});
console.log("ready");
for await (const _ of createInterface({ input: stdin })) {
  await monitor.audit();
  console.log(JSON.stringify(monitor.status().removed));
}
await monitor.close();
