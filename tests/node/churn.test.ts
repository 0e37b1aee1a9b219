import assert from "node:assert/strict";
import { mkdirSync, rmdirSync } from "node:fs";
import { lookInto } from "../../node/places/look.ts";
import { heapBytes } from "../support/heap-bytes.ts";
import { MonitorChild } from "../support/node/monitor-child.ts";
import { containerOf, eventOf, podOf } from "../support/nri/messages.ts";
import { PlayedRuntime } from "../support/nri/played-runtime.ts";
import { rounds, sampleOf } from "../support/sample.ts";
import { mountTest } from "../support/scratch.ts";

const KiB = 1024;
// What a runtime compiles by and by, and throws away again, is so much; of each thing that comes and goes nothing is kept.
const MOST_KEPT = 512 * KiB;

const life = [
  ...(["runPodSandbox", "createContainer", "startContainer"] as const),
  ...(["stopContainer", "removeContainer", "stopPodSandbox", "removePodSandbox"] as const),
];

/** Has pods with a container each start and end, one after the other, from a number on. */
async function churn(runtime: PlayedRuntime, first: number, count: number): Promise<void> {
  for (let at = first; at < first + count; at += 1) {
    // As long as a runtime's.
    const id = String(at).padStart(64, "p");
    const [pod, container] = [podOf(id), containerOf(String(at).padStart(64, "c"), id, { mounts: [] })];
    for (const name of life) {
      const { error } = await runtime.event(name, eventOf(name, pod, container));
      assert.equal(error, undefined);
    }
  }
}

for (const nri of sampleOf(["0.12", "0.8"] as const, 2))
  mountTest(`of pods that came and went nothing is kept, with NRI ${nri}`, async (scratch) => {
    const [pods, warmUp] = [rounds(4000, 1000), rounds(2000, 500)];
    await using runtime = await PlayedRuntime.start(`${scratch.path}/nri.sock`, { nri });
    await using monitor = await MonitorChild.start(runtime, scratch.directory("monitor"));
    await churn(runtime, 0, warmUp);
    const before = await monitor.heapBytes();
    await churn(runtime, warmUp, pods);
    const grown = (await monitor.heapBytes()) - before;
    assert.ok(grown < MOST_KEPT, `${(grown / KiB).toFixed(0)} KiB are kept of ${pods} pods`);
    const { told, status } = await monitor.knows();
    assert.deepEqual([told.running, told.removed], [pods + warmUp, pods + warmUp]);
    assert.equal(status.living.losses, 0);
  });

mountTest("of sandboxes that came and went a look keeps nothing", async (scratch) => {
  await scratch.share({ id: "stays" }).prepare();
  const question = { directories: [scratch.hostDir], remove: false, graceMs: 600_000 };
  const looks = async (count: number) => {
    for (let at = 0; at < count; at += 1) {
      const directory = `${scratch.hostDir}/goes${at}`;
      mkdirSync(directory);
      const looked = await lookInto(scratch.hostDir, question, async () => new Set(["stays"]));
      assert.deepEqual(
        looked.map(({ id }) => id),
        [`goes${at}`, "stays"],
      );
      rmdirSync(directory);
    }
    return heapBytes();
  };
  const before = await looks(20);
  const grown = (await looks(40)) - before;
  assert.ok(grown < MOST_KEPT, `${(grown / KiB).toFixed(0)} KiB are kept of 40 looks`);
});
