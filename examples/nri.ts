/**
 * A plugin of containerd's node: it says which pods there are, and refuses containers that bind the host's root. Where containerd
 * runs: `sudo node dist/examples/nri.js`, or another socket as its argument.
 */
import { argv } from "node:process";
import { NriError, startPlugin, TtrpcRefusal } from "guestshare/nri";

const quoted = JSON.stringify; // names come from strangers

try {
  await using plugin = await startPlugin(
    {
      synchronize(state) {
        for (const pod of state.pods) console.log("is there:", quoted(pod.name));
      },
      runPodSandbox: ({ pod }) => console.log("runs:", quoted(pod.name), quoted(pod.runtimeHandler)),
      createContainer({ container }) {
        const i = container.mounts.findIndex(({ source }) => source === "/");
        if (i >= 0) throw new TtrpcRefusal("PERMISSION_DENIED", `mounts[${i}] is the host's root`);
        return undefined;
      },
      removePodSandbox: ({ pod }) => console.log("is gone:", quoted(pod.name)),
    },
    { name: "example", index: "10", socket: argv[2] ?? "/var/run/nri/nri.sock", timeoutMs: 1000 },
  );
  console.log("connected to", plugin.runtime?.name, plugin.runtime?.version);
  await plugin.ended;
} catch (error) {
  if (!(error instanceof NriError)) throw error;
  console.error(error.message);
}
