import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync } from "node:fs";
import { pid } from "node:process";
import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";
import { mountsBelow, mountTmpfs, unmount } from "../support/mounts.ts";
import {
  collected,
  monitorBy,
  monitorOf,
  podsState,
  runtimeIn,
  verdictsOf,
} from "../support/node/monitored.ts";
import { eventOf, podOf } from "../support/nri/messages.ts";
import { container } from "../support/sandbox/full.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";
import { stateOf } from "../support/state.ts";
import { kataGoSandbox, kataRsSandbox } from "../support/table/kata-sandboxes.ts";
import { until } from "../support/ttrpc/served.ts";

async function prepared(scratch: Scratch, ...ids: string[]): Promise<void> {
  for (const id of ids) {
    const share = scratch.share({ id });
    await share.prepare();
    await share.shareFile(container, { source: scratch.file("data"), destination: "/data" });
  }
}

mountTest("sandboxes of all layouts are found, and live if the runtime has their pods", async (scratch) => {
  await prepared(scratch, "ours");
  kataGoSandbox(scratch, "go", scratch.directory("volume"));
  kataRsSandbox(scratch, "rs", scratch.directory("volume"));
  await using runtime = await runtimeIn(scratch, ["ours", "go"], ["rs"]);
  await using monitor = await monitorBy(runtime, scratch);
  const { sandboxes, living, counts, places } = monitor.status();
  assert.deepEqual(
    sandboxes.map(({ id, layout, state, pod, shares }) => [id, layout, state, pod?.name, pod?.state, shares]),
    [
      ["go", "kata-go", "living", "pod-go", "running", 3],
      ["ours", "guestshare", "living", "pod-ours", "running", 1],
      ["rs", "kata-rs", "living", "pod-rs", "stopped", 2],
    ],
  );
  assert.deepEqual(living.pods, { running: 2, stopped: 1, "process-gone": 0, listed: 0 });
  assert.equal(living.isKnown, true);
  assert.equal(living.runtime?.name, "played");
  assert.equal(counts.mounts, mountsBelow(scratch.hostDir).length);
  assert.deepEqual(counts.sandboxes, { living: 3, dead: 0, unknown: 0 });
  assert.deepEqual(places.found, [scratch.hostDir]);
  assert.deepEqual(JSON.parse(JSON.stringify(monitor.status())), monitor.status());
});

mountTest("pods come, stop and go by events, and a sandbox dies with its pod", async (scratch) => {
  await prepared(scratch, "s1");
  await using runtime = await runtimeIn(scratch);
  await using monitor = await monitorBy(runtime, scratch);
  assert.deepEqual(verdictsOf(monitor), ["s1 dead not-listed"]);
  const events = collected(monitor);
  const pod = podOf("s1", { pid: 0 });
  await runtime.event("runPodSandbox", eventOf("runPodSandbox", podOf("s1", { pid })));
  await monitor.audit();
  assert.deepEqual(verdictsOf(monitor), ["s1 living listed"]);
  await runtime.event("stopPodSandbox", eventOf("stopPodSandbox", pod));
  await monitor.audit();
  assert.equal(monitor.status().sandboxes[0]?.pod?.state, "stopped");
  assert.deepEqual(verdictsOf(monitor), ["s1 living listed"]);
  await runtime.event("removePodSandbox", eventOf("removePodSandbox", pod));
  await monitor.audit();
  await turn();
  assert.deepEqual(verdictsOf(monitor), ["s1 dead not-listed"]);
  assert.deepEqual(
    events.flatMap((event) => ("state" in event ? [`${event.kind} ${event.id} ${event.state}`] : [])),
    [
      "sandbox s1 dead",
      "pod s1 running",
      "sandbox s1 living",
      "pod s1 stopped",
      "pod s1 removed",
      "sandbox s1 dead",
    ],
  );
});

mountTest("a pause process that was killed gives no event, and is told of", async (scratch) => {
  await prepared(scratch, "s1");
  await using runtime = await runtimeIn(scratch);
  await using monitor = await monitorBy(runtime, scratch);
  const pause = spawn("sleep", ["100"], { stdio: "ignore" });
  await once(pause, "spawn");
  await runtime.event("runPodSandbox", eventOf("runPodSandbox", podOf("s1", { pid: pause.pid as number })));
  await monitor.audit();
  assert.equal(monitor.status().living.pods.running, 1);
  pause.kill("SIGKILL");
  await once(pause, "exit");
  const events = collected(monitor);
  await monitor.audit();
  assert.equal(monitor.status().living.pods["process-gone"], 1);
  await turn();
  assert.ok(events.some(({ kind }) => kind === "pod"));
  // The runtime has it: what is left of it is not for us to remove.
  assert.deepEqual(verdictsOf(monitor), ["s1 living listed"]);
});

mountTest(
  "while the runtime is away nobody is dead, and its state is taken anew when it is back",
  async (scratch) => {
    await prepared(scratch, "s1", "s2");
    await using runtime = await runtimeIn(scratch, ["s1", "s2"]);
    await using monitor = await monitorBy(runtime, scratch, { remove: true });
    const before = stateOf(scratch.hostDir);
    await runtime.end();
    await until(() => !monitor.status().living.isKnown);
    await monitor.audit();
    assert.deepEqual(verdictsOf(monitor), ["s1 unknown no-list", "s2 unknown no-list"]);
    assert.deepEqual(stateOf(scratch.hostDir).mounts, before.mounts);
    await runtime.setState(podsState(["s2"]));
    await runtime.restart();
    await until(() => monitor.status().living.isKnown);
    await monitor.audit();
    assert.deepEqual(verdictsOf(monitor), ["s2 living listed"]);
    const { losses, connections } = monitor.status().living;
    assert.deepEqual([losses, connections], [1, 2]);
  },
);

mountTest("what a runtime had until now is not dead because another one has nothing", async (scratch) => {
  const graceMs = 200;
  await prepared(scratch, "s1", "s2");
  // Both are older than that by their directories.
  await sleep(2 * graceMs);
  await using runtime = await runtimeIn(scratch, ["s1", "s2"]);
  await using monitor = await monitorBy(runtime, scratch, { remove: true, graceMs });
  assert.deepEqual(verdictsOf(monitor), ["s1 living listed", "s2 living listed"]);
  const events = collected(monitor);
  await runtime.end();
  await runtime.setState(podsState(["s2"]));
  await runtime.restart();
  const told = () => events.flatMap((one) => (one.kind === "sandbox" && one.id === "s1" ? [one.reason] : []));
  await until(() => told().includes("young"));
  assert.ok(!events.some(({ kind }) => kind === "removed"));
  await sleep(graceMs);
  await monitor.audit();
  await until(() => events.some(({ kind }) => kind === "removed"));
  assert.deepEqual(verdictsOf(monitor), ["s2 living listed"]);
});

mountTest("what drifted is found and told once, and told again when it is mended", async (scratch) => {
  await prepared(scratch, "s1");
  await using monitor = await monitorOf(scratch, { list: async () => ["s1"] });
  assert.deepEqual(monitor.status().counts.findings, {});
  const events = collected(monitor);
  mkdirSync(scratch.hub("odd"));
  mountTmpfs(scratch.hub("odd"));
  await monitor.audit();
  await monitor.audit();
  assert.deepEqual(monitor.status().counts.findings, { stranger: 1 });
  const [sandbox] = monitor.status().sandboxes;
  assert.deepEqual([sandbox?.findingCount, sandbox?.findings[0]?.target], [1, scratch.hub("odd")]);
  unmount(scratch.hub("odd"));
  await monitor.audit();
  await turn();
  const told = events.filter(({ kind }) => kind.startsWith("finding")).map(({ kind }) => kind);
  assert.deepEqual(told, ["finding", "finding-gone"]);
});

mountTest(
  "what a dead sandbox left stays until it is to be removed, and as long as it is young",
  async (scratch) => {
    await prepared(scratch, "s1", "s2");
    const list = async () => ["s1"];
    const before = stateOf(scratch.hostDir);
    {
      await using monitor = await monitorOf(scratch, { list });
      assert.deepEqual(verdictsOf(monitor), ["s1 living listed", "s2 dead not-listed"]);
      assert.equal(monitor.status().counts.leakedMounts, 5);
      assert.deepEqual(stateOf(scratch.hostDir).mounts, before.mounts);
    }
    {
      await using monitor = await monitorOf(scratch, { list }, { remove: true, graceMs: 600_000 });
      assert.deepEqual(verdictsOf(monitor), ["s1 living listed", "s2 unknown young"]);
    }
    await using monitor = await monitorOf(scratch, { list }, { remove: true });
    assert.deepEqual(verdictsOf(monitor), ["s1 living listed"]);
    assert.deepEqual(monitor.status().removed, { sandboxes: 1, mounts: 5, failures: 0 });
    assert.deepEqual(readdirSync(scratch.hostDir), ["s1"]);
    const own = `${scratch.hostDir}/s1`;
    assert.deepEqual(
      stateOf(scratch.hostDir).mounts.filter((line) => line.includes(own)),
      before.mounts.filter((line) => line.includes(own)),
    );
  },
);

mountTest("a list that fails, or has what is no id, is none", async (scratch) => {
  await prepared(scratch, "s1");
  for (const list of [
    () => Promise.reject(new Error("crictl: no connection")),
    async () => ["s2", "fatal: \u001b[2J"],
    async () => [7] as never,
  ]) {
    await using monitor = await monitorOf(scratch, { list }, { remove: true });
    assert.deepEqual(verdictsOf(monitor), ["s1 unknown no-list"]);
    assert.equal(monitor.status().living.isKnown, false);
  }
});
