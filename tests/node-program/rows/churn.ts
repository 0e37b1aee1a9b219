import assert from "node:assert/strict";
import { env } from "node:process";
import { childOf } from "../../support/node/child-of.ts";
import type { NodeCheck } from "../check.ts";
import { each } from "../each.ts";
import { type Held, heldBy, MonitorProcess } from "../monitored.ts";
import type { TestNode } from "../node.ts";

const PODS = Number(env.GUESTSHARE_CHURN ?? 100);
const AT_ONCE = 4;
const PARTS = 10;

interface Look {
  readonly monitor: Held;
  /** What the child that looks for the monitor holds. */
  readonly child: Held;
  readonly containerd: Held;
  readonly mounts: number;
}

type Three = [Held, Held, Held];

/** So many pods come and go, a part after the other; what is held after each. */
async function churned(node: TestNode, monitor: MonitorProcess): Promise<Look[]> {
  const looks: Look[] = [];
  for (let part = 0; part < PARTS; part += 1) {
    const names = Array.from({ length: PODS / PARTS }, (_, i) => `churn-${part}-${i}`);
    await each(names, AT_ONCE, (name) => node.cri.runWithContainer(name));
    await node.cri.removeAll();
    await monitor.status();
    const [own, child, containerd] = [monitor.pid, childOf(monitor.pid), node.pid].map(heldBy) as Three;
    const look = { monitor: own, child, containerd, mounts: node.mounts().length };
    looks.push(look);
    console.log(`  ${(part + 1) * (PODS / PARTS)} pods: ${JSON.stringify(look)}`);
  }
  return looks;
}

/** Pods that come and go leave nothing. GUESTSHARE_CHURN is how many there are. */
export const churnChecks: readonly NodeCheck[] = [
  {
    what: `after ${PODS} pods have come and gone, mounts and descriptors are as they were, and memory does not grow`,
    async holds(node) {
      await using monitor = await MonitorProcess.start(node);
      const before = node.mounts().length;
      const looks = await churned(node, monitor);
      const { living, gate } = await monitor.status();
      assert.equal(living.losses, 0);
      assert.deepEqual(living.pods, { running: 0, stopped: 0, "process-gone": 0, listed: 0 });
      if (node.nri === "0.12") assert.equal(gate?.judged, PODS);
      const [half, last] = [looks[PARTS / 2 - 1], looks.at(-1)] as [Look, Look];
      assert.deepEqual([half.mounts, last.mounts], [before, before]);
      for (const who of ["monitor", "child"] as const) {
        assert.equal(last[who].descriptors, half[who].descriptors);
        const growth = last[who].residentKb / half[who].residentKb;
        assert.ok(
          growth < 1.05,
          `the memory of the ${who} has grown to ${growth} of what it was at the half`,
        );
      }
    },
  },
];
