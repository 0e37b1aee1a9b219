import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { mountsBelow } from "../support/mounts.ts";
import { mountTest } from "../support/scratch.ts";

const container = { id: "c1" };

mountTest("calls that are started together are done in that order", async (scratch) => {
  const source = scratch.file("f");
  const share = scratch.share();
  const mount = { source, destination: "/f" };
  const prepared = share.prepare();
  const files = Array.from({ length: 200 }, () => share.shareFile(container, mount));
  const root = share.shareRootFilesystem({ id: "c2", rootFs: { target: scratch.directory("image") } });
  await Promise.all([prepared, ...files, root]);
  assert.equal(readdirSync(scratch.inSandbox("shared")).length, 201);
  const cleaned = share.cleanup();
  const again = [share.prepare(), share.shareFile(container, mount), share.cleanup()];
  await Promise.all([cleaned, ...again]);
  assert.deepEqual(readdirSync(scratch.hostDir), []);
  assert.deepEqual(mountsBelow(scratch.hostDir), []);
});

mountTest("a call that fails leaves those beside it alone", async (scratch) => {
  const share = scratch.share();
  const good = { source: scratch.file("f"), destination: "/f" };
  const bad = { source: `${scratch.path}/missing`, destination: "/f" };
  const mounts = Array.from({ length: 30 }, (_, i) => (i % 3 === 0 ? bad : good));
  await share.prepare();
  const ends = await Promise.allSettled(mounts.map((mount) => share.shareFile(container, mount)));
  assert.deepEqual(
    ends.map(({ status }) => status === "rejected"),
    mounts.map((mount) => mount === bad),
  );
  assert.equal(readdirSync(scratch.inSandbox("mounts")).length, 20);
});

mountTest("two objects for one sandbox see each other's shares", async (scratch) => {
  const [one, other] = [scratch.share(), scratch.share()];
  const source = scratch.directory("d");
  await Promise.all([one.prepare(), other.prepare()]);
  const files = await Promise.all(
    [one, other, one, other].map((share) => share.shareFile(container, { source, destination: "/d" })),
  );
  assert.equal(readdirSync(scratch.inSandbox("shared")).length, 4);
  await Promise.all(
    files.map((file, i) => {
      const mount = { destination: "/d", hostPath: file?.hostPath as string };
      return (i < 2 ? other : one).unshareFile(container, mount);
    }),
  );
  assert.deepEqual(readdirSync(scratch.inSandbox("shared")), []);
  await Promise.all([one.cleanup(), other.cleanup()]);
  assert.deepEqual(readdirSync(scratch.hostDir), []);
});

mountTest("sandboxes beside each other have nothing in common", async (scratch) => {
  const [one, other] = [scratch.share({ id: "s1" }), scratch.share({ id: "s2" })];
  await Promise.all([one.prepare(), other.prepare()]);
  const mount = { source: scratch.file("f"), destination: "/f" };
  await Promise.all([one.shareFile(container, mount), other.shareFile(container, mount)]);
  await one.cleanup();
  assert.deepEqual(readdirSync(scratch.hostDir), ["s2"]);
  assert.equal(readdirSync(`${scratch.hostDir}/s2/shared`).length, 1);
  await other.cleanup();
  assert.deepEqual(readdirSync(scratch.hostDir), []);
});
