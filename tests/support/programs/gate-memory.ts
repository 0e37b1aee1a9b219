/**
 * A gate in a process of its own, with rules of each kind: its argument is a socket. On each line of its standard input it prints its
 * resident memory, in bytes.
 */
import { argv, memoryUsage, stdin } from "node:process";
import { createInterface } from "node:readline";
import { startPlugin } from "../../../ffi/nri/plugin.ts";
import { Gate } from "../../../node/gate/gate.ts";

const refuse = { hostRoot: true, kernelFilesystems: true, runtimeSockets: true, paths: ["/etc/kubernetes"] };
const gate = new Gate({ rules: { refuse, readOnly: ["/usr"], maxMounts: 900 }, isTrial: false });
const { handlers, leaveOut, lighten } = gate;
const plugin = await startPlugin(handlers, { name: "gate", index: "90", socket: argv[2], leaveOut, lighten });
console.log("ready");
for await (const _ of createInterface(stdin)) console.log(memoryUsage().rss);
await plugin.close();
