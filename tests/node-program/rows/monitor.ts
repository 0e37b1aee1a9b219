import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { kill } from "node:process";
import { serviceCapabilities } from "../../support/deploy/service.ts";
import type { NodeCheck } from "../check.ts";
import { MonitorProcess } from "../monitored.ts";
import type { TestNode } from "../node.ts";
import { DIRECTORY, mountsOf, plantDrift, prepared } from "../planted.ts";
import { childrenOf } from "../supervised.ts";

async function findsAndCollects(node: TestNode): Promise<void> {
  const { cri } = node;
  await cri.runPod("lives");
  await cri.runPod("ends");
  const [living, dead] = [cri.idOf("lives"), cri.idOf("ends")];
  for (const id of [living, dead]) prepared(node, id);
  plantDrift(node, living);
  // A leak: the pod ends, and its runtime leaves the sandbox.
  await cri.removePodByForce("ends");
  const before = [mountsOf(node, living).length, mountsOf(node, dead).length];
  {
    await using monitor = await MonitorProcess.start(node);
    const { places, sandboxes, counts } = await monitor.status();
    assert.deepEqual(places.found, [DIRECTORY]);
    const verdicts = sandboxes.map(({ id, state, pod, findingCount }) => [
      id,
      state,
      pod?.name,
      findingCount > 0,
    ]);
    assert.deepEqual(
      verdicts.sort(),
      [
        [living, "living", "lives", true],
        [dead, "dead", undefined, false],
      ].sort(),
    );
    assert.ok(counts.leakedMounts > 0 && before.every((count) => count > 0));
  }
  assert.deepEqual(
    [mountsOf(node, living).length, mountsOf(node, dead).length],
    before,
    "a dry run has changed something",
  );
  await using monitor = await MonitorProcess.start(node, { removes: "remove" });
  const { removed, sandboxes } = await monitor.status();
  assert.deepEqual([removed.sandboxes, removed.failures, sandboxes.map(({ id }) => id)], [1, 0, [living]]);
  assert.deepEqual([mountsOf(node, living).length, mountsOf(node, dead).length], [before[0], 0]);
}

async function outlivesContainerd(node: TestNode): Promise<void> {
  const { cri } = node;
  await cri.runPod("lives");
  const id = cri.idOf("lives");
  prepared(node, id);
  await using monitor = await MonitorProcess.start(node, { removes: "remove" });
  await node.restart("KILL");
  for (let tries = 0; ; tries += 1) {
    const { living, sandboxes } = await monitor.status();
    assert.notEqual(sandboxes.find((one) => one.id === id)?.state, "dead");
    if (living.isKnown && living.connections === 2 && sandboxes[0]?.state === "living") break;
    assert.ok(tries < 300, "the monitor does not come back");
  }
  assert.ok(mountsOf(node, id).length > 0);
}

/** A process of another user on the node: whoever watches from there sees none of this machine's. */
function processOfNobody(node: TestNode): Disposable {
  const command = ["setpriv", "--reuid", "65534", "--clear-groups", "sleep", "600"] as const;
  const [program, ...args] = node.inside(...command);
  const entered = spawn(program, args, { stdio: "ignore" });
  // nsenter starts it as a child, and would leave it behind.
  return { [Symbol.dispose]: () => childrenOf(entered.pid ?? 0).forEach((pid) => void kill(pid, "SIGKILL")) };
}

// Without this one a monitor starts all the same.
const TO_SEE_OTHERS = "dac_read_search";

async function needsItsCapabilities(node: TestNode): Promise<void> {
  await node.cri.runPod("lives");
  for (const id of [node.cri.idOf("lives"), "leaked"]) prepared(node, id);
  const capabilities = serviceCapabilities();
  // On a node there are processes of other users.
  using _other = processOfNobody(node);
  for (const without of capabilities) {
    if (without === TO_SEE_OTHERS) continue;
    const fewer = capabilities.filter((name) => name !== without);
    await assert.rejects(
      MonitorProcess.start(node, { removes: "remove", capabilities: fewer }),
      /CAP_SYS_ADMIN, CAP_SYS_CHROOT/,
      without,
    );
  }
  {
    const blind = capabilities.filter((name) => name !== TO_SEE_OTHERS);
    await using monitor = await MonitorProcess.start(node, { removes: "remove", capabilities: blind });
    const { sandboxes } = await monitor.status();
    assert.deepEqual(sandboxes.map(({ state, reason }) => `${state} ${reason}`).sort(), [
      "living listed",
      "unknown not-all-seen",
    ]);
  }
  await using monitor = await MonitorProcess.start(node, { removes: "remove", capabilities });
  const { removed, sandboxes } = await monitor.status();
  assert.deepEqual([removed.sandboxes, sandboxes.map(({ state }) => state)], [1, ["living"]]);
  assert.deepEqual(mountsOf(node, "leaked"), []);
}

/** What a monitor sees of this containerd's mounts and pods, from a mount namespace of its own. */
export const monitorChecks: readonly NodeCheck[] = [
  {
    what: "a monitor beside containerd finds a planted drift and a planted leak, and removes the leak alone when it is told to",
    holds: findsAndCollects,
  },
  {
    what: "a monitor takes nobody for dead while containerd is killed and started again",
    holds: outlivesContainerd,
  },
  {
    what: "a monitor needs each of the capabilities that the service in deploy/ leaves it, and no other",
    holds: needsItsCapabilities,
  },
];
