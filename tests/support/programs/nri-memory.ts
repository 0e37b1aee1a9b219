/**
 * A plugin of NRI that looks at all that it gets, and says how much memory it took: its argument is a socket. On each line of its standard
 * input it prints its resident memory, in bytes.
 */
import { argv, memoryUsage, stdin } from "node:process";
import { createInterface } from "node:readline";
import { startPlugin } from "guestshare/nri";

let seen = 0;
const plugin = await startPlugin(
  {
    synchronize({ pods, containers, podCount }) {
      for (const { annotations } of pods) seen += Object.keys(annotations).length;
      for (const { mounts } of containers) seen += mounts.length;
      if (podCount > 0) console.log("synchronized");
    },
    createContainer({ pod, container }) {
      seen += Object.keys(pod.annotations).length + container.mounts.length;
      return undefined;
    },
  },
  { name: "memory", index: "30", socket: argv[2], timeoutMs: 60_000 },
);
console.log("ready");
for await (const _ of createInterface(stdin)) console.log(seen < 0 ? "" : memoryUsage().rss);
await plugin.close();
