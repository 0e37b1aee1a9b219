import assert from "node:assert/strict";
import { readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { mountsBelow, mountTmpfs, unmount } from "../support/mounts.ts";
import { assertReadOnly, assertSame, assertWritable } from "./support/checks.ts";
import { eventually } from "./support/eventually.ts";
import { guestTest, inGuest } from "./support/guest-test.ts";

const container = { id: "c1" };

guestTest("a share appears in a guest that runs, and goes", async ({ scratch, share, storages, boot }) => {
  const { guest, agent } = await boot();
  await agent.add(storages);
  assert.deepEqual(await guest.names(inGuest), []);
  const kept = scratch.file("kept/file");
  await share.shareFile(container, { destination: "/kept", source: `${scratch.path}/kept` });
  const mount = { destination: "/data", source: scratch.directory("data") };
  for (let round = 0; round < 3; round++) {
    scratch.file(`data/${round}`);
    const shared = await share.shareFile(container, mount);
    const path = shared?.guestPath as string;
    await assertSame(guest, path, mount.source);
    await assertWritable(guest, path, mount.source);
    await share.unshareFile(container, { ...mount, hostPath: shared?.hostPath as string });
    await eventually(async () => assert.rejects(guest.names(path), { code: "ENOENT" }));
    await eventually(async () => assert.equal((await guest.names(inGuest)).length, 1));
    await assertSame(guest, inGuest, scratch.inSandbox("shared"));
  }
  assert.equal(readFileSync(kept, "utf8"), "kept/file");
});

guestTest("what the host changes in a share, the guest sees", async ({ scratch, share, storages, boot }) => {
  const { guest, agent } = await boot();
  await agent.add(storages);
  const source = scratch.directory("data");
  const shared = await share.shareFile(container, { destination: "/data", source, options: ["ro"] });
  const path = shared?.guestPath as string;
  scratch.file("data/a/b/old");
  await eventually(() => assertSame(guest, path, source));
  unlinkSync(`${source}/a/b/old`);
  scratch.file("data/a/new", "new");
  writeFileSync(`${source}/other`, "other");
  await eventually(() => assertSame(guest, path, source));
});

guestTest(
  "the guest sees the mounts below a recursive share, in its mode, and of others nothing",
  async (test) => {
    const { scratch, share, storages, boot } = test;
    const { guest, agent } = await boot();
    await agent.add(storages);
    const source = scratch.directory("source");
    scratch.file("source/top");
    for (const below of ["source/sub", "source/sub/deeper"]) {
      mountTmpfs(scratch.directory(below));
      scratch.file(`${below}/inside`, below);
    }
    const shareAs = async (...options: string[]) => {
      const shared = await share.shareFile(container, { destination: "/x", source, options });
      return shared?.guestPath as string;
    };
    const whole = await shareAs("rbind");
    await assertSame(guest, whole, source);
    await assertWritable(guest, `${whole}/sub/deeper`, `${source}/sub/deeper`);
    const readOnly = await shareAs("rbind", "ro");
    await assertSame(guest, readOnly, source);
    await assertReadOnly(guest, readOnly, source);
    const alone = await shareAs("bind");
    assert.deepEqual(await guest.names(`${alone}/sub`), []);
    const own = mountsBelow(source);
    assert.equal(own.length, 2);

    mountTmpfs(scratch.directory("source/later"));
    scratch.file("source/later/inside");
    assert.deepEqual(await guest.names(`${whole}/later`), []);
    unmount(`${source}/later`);
    await share.cleanup({ revoke: true }); // a virtiofsd that runs has copies of its own
    assert.deepEqual(mountsBelow(source), own, "cleanup took mounts of the source");
    await eventually(async () => assert.deepEqual(await guest.names(inGuest), []));
  },
);
