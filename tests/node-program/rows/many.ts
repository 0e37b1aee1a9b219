import assert from "node:assert/strict";
import type { NriState } from "../../../ffi/nri/state.ts";
import type { NodeCheck } from "../check.ts";
import { each } from "../each.ts";
import type { TestNode } from "../node.ts";

const PODS = 200;
const AT_ONCE = 4;

function podMounts(node: TestNode): string[] {
  const ours = node.mounts().filter((line) => line.includes(node.directory));
  return ours.filter((line) => /\/(?:rootfs|shm) /.test(line));
}

/** As many pods as a large node has. */
export const manyChecks: readonly NodeCheck[] = [
  {
    what: `${PODS} pods are heard of once each, by an event or at the start, whenever a plugin connects`,
    async holds(node) {
      const first: string[] = [];
      const late: string[] = [];
      const listen = (heard: string[]) => ({
        synchronize: (state: NriState) => void heard.push(...[...state.pods].map(({ name }) => name)),
        runPodSandbox: ({ pod }: { pod: { name: string } }) => void heard.push(pod.name),
      });
      const before = podMounts(node).length;
      const names = Array.from({ length: PODS }, (_, i) => `many-${i}`);
      await using _ = await node.connect(listen(first));
      // The second plugin connects in the midst of it.
      const making = each(names, AT_ONCE, (name) => node.cri.runWithContainer(name));
      await new Promise((resolve) => setTimeout(resolve, 2000));
      await using __ = await node.connect(listen(late), { name: "late", index: "11" });
      await making;
      for (const heard of [first, late]) assert.deepEqual(heard.sort(), [...names].sort());
      const state: string[] = [];
      await using ___ = await node.connect(listen(state), { name: "last", index: "12" });
      assert.deepEqual(state.sort(), [...names].sort());
      // The sandbox's shm, its root and the container's. A containerd that was killed may have left some of an earlier pod.
      assert.equal(podMounts(node).length - before, 3 * PODS);
    },
  },
];
