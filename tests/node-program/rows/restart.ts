import assert from "node:assert/strict";
import type { NriChange } from "../../../ffi/nri/plugin-options.ts";
import type { NriState } from "../../../ffi/nri/state.ts";
import { until } from "../../support/ttrpc/served.ts";
import type { NodeCheck } from "../check.ts";
import type { TestNode } from "../node.ts";

interface Known {
  readonly pods: Record<string, boolean>;
  readonly containers: string[];
}

/** The names of pods, whether they have a process, and the names of containers. */
function known(state: NriState): Known {
  const pods = [...state.pods].map(({ name, pid }) => [name, pid > 0] as const);
  return { pods: Object.fromEntries(pods), containers: [...state.containers].map(({ name }) => name).sort() };
}

async function holdsAfter(signal: "TERM" | "KILL", node: TestNode): Promise<void> {
  const { cri } = node;
  for (const pod of ["lives", "stopped", "idle"]) await cri.runPod(pod);
  await cri.createContainer("lives", "runs");
  await cri.startContainer("runs");
  await cri.createContainer("lives", "created");
  await cri.stopPod("stopped");
  const states: Known[] = [];
  const changes: NriChange["state"][] = [];
  const heard: string[] = [];
  const handlers = {
    synchronize: (state: NriState) => void states.push(known(state)),
    runPodSandbox: ({ pod }: { pod: { name: string } }) => void heard.push(pod.name),
  };
  await using _ = await node.connect(handlers, { onChange: ({ state }) => void changes.push(state) });
  await node.restart(signal);
  await until(() => states.length === 2);
  await cri.runPod("later");
  const [before, after] = states;
  assert.deepEqual(before, {
    pods: { lives: true, stopped: false, idle: true },
    containers: ["created", "runs"],
  });
  assert.deepEqual(after, before);
  assert.deepEqual(heard, ["later"]);
  assert.deepEqual(changes, ["synchronized", "lost", "synchronized"]);
}

/** The pods that a plugin is told of after one was refused and containerd restarted. */
async function podsAfterRefusal(node: TestNode): Promise<Known["pods"]> {
  const refuse = { runPodSandbox: () => Promise.reject(new Error("not on this node")) };
  {
    await using _ = await node.connect(refuse);
    await assert.rejects(node.cri.runPod("refused"), /not on this node/);
  }
  await node.restart("TERM");
  let pods: Known["pods"] = {};
  await using _ = await node.connect({
    synchronize(state) {
      pods = known(state).pods;
    },
  });
  return pods;
}

/** What a plugin is told when it connects, and again after an interruption. */
export const restartChecks: readonly NodeCheck[] = [
  {
    // Its sandbox was removed, and mostly a record is left that containerd reads when it starts.
    what: "a pod that was refused may come back when containerd is restarted: then CRI has it as well, and can remove it",
    async holds(node) {
      const pods = await podsAfterRefusal(node);
      assert.deepEqual(Object.keys(pods), await node.cri.podNames());
      await node.cri.removeAll();
      assert.deepEqual(await node.cri.podNames(), []);
    },
  },
  ...(["TERM", "KILL"] as const).map((signal) => ({
    what: `a plugin is synchronized anew after containerd was restarted by SIG${signal}, stopped pods among the others`,
    holds: (node: TestNode) => holdsAfter(signal, node),
  })),
];
