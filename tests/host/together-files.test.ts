import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import type { Mount } from "../../ffi/mod.ts";
import { lacking, withoutUniqueIds } from "../support/faults/wrapped-libc.ts";
import { mountsBelow } from "../support/mounts.ts";
import { libc } from "../support/runtimes.ts";
import {
  assertUsed,
  containerWith,
  mountedTogether,
  shapeBetween,
  usersOf,
} from "../support/sandbox/together.ts";
import { mountTest } from "../support/scratch.ts";
import { stateOf } from "../support/state.ts";

const together = { together: true };
const ENOSYS = 38;

mountTest("a file that is shared together is the mount of the containers that have it", async (scratch) => {
  const mount: Mount = { source: scratch.file("f", "content"), destination: "/f", options: ["ro"] };
  const share = scratch.share();
  await share.prepare();
  const first = await share.shareFile({ id: "c1" }, mount, together);
  const plan = await share.shareContainer(containerWith(scratch, "c2", [mount]));
  const third = await share.shareFile({ id: "c3" }, { ...mount, destination: "/other" }, together);
  const [name = ""] = mountedTogether(scratch);
  assert.deepEqual(usersOf(scratch), { [name]: ["c1", "c2", "c3"] });
  const expected = { guestPath: `/guest/${name}`, storages: [], hostPath: scratch.hub(name) };
  assert.deepEqual([first, plan.outcomes[0]?.shared, third], [expected, expected, expected]);
  const shared = { ...mount, hostPath: scratch.hub(name) };
  await share.unshareFile({ id: "c9" }, shared); // which never had it
  await share.unshareFile({ id: "c1" }, shared);
  await share.unshareFile({ id: "c1" }, shared);
  assert.deepEqual(usersOf(scratch), { [name]: ["c2", "c3"] });
  await share.unshareContainer({ id: "c2" });
  assert.equal(readFileSync(scratch.view(name), "utf8"), "content");
  assertUsed(scratch);
  await share.unshareFile({ id: "c3" }, shared);
  assert.deepEqual(mountedTogether(scratch), []);
  await share.unshareFile({ id: "c3" }, shared);
  assertUsed(scratch);
});

mountTest(
  "a file that is not shared together has a mount of its own, and unsharing it leaves the other",
  async (scratch) => {
    const mount: Mount = { source: scratch.file("f"), destination: "/f" };
    const share = scratch.share();
    await share.prepare();
    const own = await share.shareFile({ id: "c1" }, mount);
    await share.shareContainer(containerWith(scratch, "c1", [mount]));
    const before = shapeBetween(scratch);
    const other = await share.shareFile({ id: "c1" }, mount);
    assert.notEqual(own?.hostPath, other?.hostPath);
    assert.equal(mountedTogether(scratch).length, 1);
    await share.unshareFile({ id: "c1" }, { ...mount, hostPath: other?.hostPath as string });
    assert.deepEqual(shapeBetween(scratch), before);
    await share.unshareContainer({ id: "c1" });
    assert.deepEqual(readdirSync(scratch.inSandbox("mounts")).sort(), [
      ".users",
      own?.hostPath?.split("/").at(-1),
    ]);
  },
);

mountTest("sharing a file together again changes nothing, whatever the digits", async (scratch) => {
  const mount: Mount = { source: scratch.file("f"), destination: "/f" };
  const share = scratch.share();
  await share.prepare();
  const first = await share.shareFile({ id: "c1" }, mount, together);
  const before = stateOf(scratch.hostDir);
  assert.deepEqual(await share.shareFile({ id: "c1" }, mount, together), first);
  assert.deepEqual(await scratch.share().shareFile({ id: "c1" }, mount, together), first);
  assert.deepEqual(stateOf(scratch.hostDir), before);
});

mountTest("containers that are shared all at once have one mount", async (scratch) => {
  const mount: Mount = { source: scratch.file("f"), destination: "/f" };
  const ids = Array.from({ length: 30 }, (_, i) => `c${i}`);
  const objects = [scratch.share(), scratch.share()];
  await objects[0]?.prepare();
  await Promise.all(ids.map((id, i) => objects[i % 2]?.shareContainer(containerWith(scratch, id, [mount]))));
  assertUsed(scratch);
  assert.deepEqual(Object.values(usersOf(scratch)), [ids.toSorted()]);
  const ends = ids.map((id, i) => objects[i % 2]?.unshareContainer({ id }));
  const late = objects[0]?.shareContainer(containerWith(scratch, "late", [mount]));
  await Promise.all([...ends, late]);
  assertUsed(scratch);
  assert.deepEqual(Object.values(usersOf(scratch)), [["late"]]);
  await objects[1]?.cleanup({ revoke: true });
  assert.deepEqual(readdirSync(scratch.hostDir), []);
  assert.deepEqual(mountsBelow(scratch.hostDir), []);
});

mountTest("on a kernel before 6.8 the same source is one mount too", async (scratch) => {
  const old = withoutUniqueIds(lacking(libc, { statmount: ENOSYS, open_tree_attr: ENOSYS }));
  const share = scratch.share({}, { libc: old });
  await share.prepare();
  const source = scratch.file("f");
  for (const id of ["c1", "c2"]) {
    const mounts = [["ro"], ["nosuid"], ["noatime"], ["strictatime"]].map((options, i) => ({
      source,
      destination: `/${i}`,
      options,
    }));
    await share.shareContainer(containerWith(scratch, id, mounts));
    assert.equal(mountedTogether(scratch).length, 4);
  }
  // A newer one sees the same.
  await scratch
    .share()
    .shareContainer(containerWith(scratch, "c3", [{ source, destination: "/f", readOnly: true }]));
  assert.equal(mountedTogether(scratch).length, 4);
  for (const id of ["c3", "c1", "c2"]) await share.unshareContainer({ id });
  assert.deepEqual(mountedTogether(scratch), []);
});

mountTest(
  "a container whose shares are nobody else's gets them once more, and all of them are taken back",
  async (scratch) => {
    const mount: Mount = { source: scratch.directory("d"), destination: "/d", options: ["rbind", "rnosuid"] };
    const share = scratch.share();
    await share.prepare();
    const container = containerWith(scratch, "c1", [mount]);
    await share.shareContainer(container);
    const before = stateOf(scratch.hostDir);
    await share.shareContainer(container);
    assert.equal(stateOf(scratch.hostDir).mounts.length, before.mounts.length + 2);
    await share.unshareContainer(container);
    assert.deepEqual(
      mountsBelow(scratch.hostDir).filter(({ point }) => point.includes("sandbox-")),
      [],
    );
  },
);
