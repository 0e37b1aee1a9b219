import assert from "node:assert/strict";
import type { Mount } from "../../ffi/mod.ts";
import { assertReadOnly, assertSame, assertWritable } from "./support/checks.ts";
import { eventually } from "./support/eventually.ts";
import { guestTest, inGuest } from "./support/guest-test.ts";

guestTest("a thousand shares at once are all there, each as it is", async (test) => {
  const { scratch, share, storages, boot } = test;
  const { guest, agent } = await boot();
  await agent.add(storages);
  const mounts = Array.from({ length: 1000 }, (_, index): Mount => {
    const file = scratch.file(`sources/${index}/file`, `of ${index}`);
    const source = index % 2 === 0 ? file : `${scratch.path}/sources/${index}`;
    return { destination: `/m/${index}`, source, type: "bind", options: [index % 3 === 0 ? "rw" : "ro"] };
  });
  scratch.file("bundle/rootfs/etc/name", "c1");
  const container = { id: "c1", bundle: `${scratch.path}/bundle`, rootFs: { target: "rootfs" }, mounts };
  const plan = await share.shareContainer(container);
  await agent.add(plan.storages);
  await assertSame(guest, plan.rootPath, `${scratch.path}/bundle/rootfs`);
  for (const [index, { source }] of plan.mounts.entries()) {
    const { source: hostPath = "" } = mounts[index] as Mount;
    await assertSame(guest, source as string, hostPath);
    if (index % 50 !== 0) continue;
    await (index % 3 === 0 ? assertWritable : assertReadOnly)(guest, source as string, hostPath);
  }
  await share.unshareContainer(container);
  const isShare = (name: string) => !["watchable", ".users"].includes(name);
  await eventually(async () => assert.deepEqual((await guest.names(inGuest)).filter(isShare), []));
});
