/**
 * A plugin of NRI that dies at an event: its arguments are a socket, or "inherited" for the connection that it was started with, the
 * event, or "none", its name, and another event that it hears of. It prints a line once it is synchronized.
 */
import { argv, kill, pid } from "node:process";
import { startPlugin } from "guestshare/nri";

const [, , socket, event = "none", name = "dying", other = "runPodSandbox"] = argv;

const handlers = {
  [other]: () => {},
  [event === "none" ? "runPodSandbox" : event]: () => {
    if (event !== "none") kill(pid, "SIGKILL");
  },
};
const options = socket === "inherited" ? {} : { name, index: "20", socket };
const plugin = await startPlugin(handlers, options);
console.log(JSON.stringify({ synchronized: plugin.runtime?.name ?? "" }));
const { trouble } = await plugin.ended;
console.log(JSON.stringify({ trouble }));
