/** A gate that dies at an event: its arguments are a socket and the event. It prints a line once it is synchronized. */
import { argv, kill, pid } from "node:process";
import type { NriEventName } from "../../../ffi/nri/events.ts";
import type { NriHandlers } from "../../../ffi/nri/handlers.ts";
import { startPlugin } from "../../../ffi/nri/plugin.ts";
import { Gate } from "../../../node/gate/gate.ts";

const [, , socket, event] = argv;
const { handlers } = new Gate({ rules: { refuse: { hostRoot: true } }, isTrial: false });
const die = () => kill(pid, "SIGKILL");
const dying: NriHandlers = { ...handlers, [event as NriEventName]: die };
const plugin = await startPlugin(dying, { name: "gate", index: "90", socket });
console.log("ready");
await plugin.ended;
