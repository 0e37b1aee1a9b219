import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, rmdirSync } from "node:fs";
import { mountsBelow, mountTmpfs, unmount } from "../support/mounts.ts";
import { Worker } from "../support/sandbox/worker.ts";
import { mountTest, random, type Scratch } from "../support/scratch.ts";
import { stateOf } from "../support/state.ts";

const container = { id: "c1" };
function nothing(scratch: Scratch): void {
  assert.deepEqual(readdirSync(scratch.hostDir), []);
  assert.equal(mountsBelow(`${scratch.hostDir}/s1`).length, 0);
}

mountTest("preparing again changes nothing, and keeps what is shared", async (scratch) => {
  const share = scratch.share({ sandboxBindMounts: [scratch.file("hosts"), scratch.directory("certs")] });
  const first = await share.prepare();
  await share.shareFile(container, { source: scratch.file("f"), destination: "/f" });
  const before = stateOf(scratch.hostDir);
  assert.deepEqual(await share.prepare(), first);
  assert.deepEqual(await scratch.share().prepare(), first);
  assert.deepEqual(stateOf(scratch.hostDir), before);
});

mountTest("sharing again with the same digits is the same share", async (scratch) => {
  const sources = [scratch.file("f"), scratch.directory("d")];
  const share = scratch.share();
  await share.prepare();
  for (const source of sources) {
    const mount = { source, destination: source, options: ["ro"] };
    const first = await share.shareFile(container, mount, { random });
    const before = stateOf(scratch.hostDir);
    assert.deepEqual(await share.shareFile(container, mount, { random }), first);
    assert.deepEqual(stateOf(scratch.hostDir), before);
  }
});

mountTest("sharing a root filesystem again is the same share", async (scratch) => {
  const rootFs = { target: scratch.directory("image"), options: ["ro"] };
  const share = scratch.share();
  await share.prepare();
  const first = await share.shareRootFilesystem({ id: "c1", rootFs });
  const before = stateOf(scratch.hostDir);
  assert.deepEqual(await share.shareRootFilesystem({ id: "c1", rootFs }), first);
  assert.deepEqual(stateOf(scratch.hostDir), before);
});

mountTest("without digits each share has a name of its own", async (scratch) => {
  const mount = { source: scratch.file("f"), destination: "/f" };
  const share = scratch.share();
  await share.prepare();
  const paths = new Set<string | undefined>();
  for (let i = 0; i < 20; i++) paths.add((await share.shareFile(container, mount))?.hostPath);
  assert.equal(paths.size, 20);
});

mountTest("unsharing again, or what never was, is fine", async (scratch) => {
  const share = scratch.share();
  const rooted = { id: "c1", rootFs: { target: scratch.directory("image") } };
  await share.unshareRootFilesystem(rooted);
  await share.unshareFile(container, { destination: "/f", hostPath: scratch.hub("c1-f") });
  assert.deepEqual(readdirSync(scratch.hostDir), []);
  await share.prepare();
  const before = stateOf(scratch.hostDir);
  const file = await share.shareFile(container, { source: scratch.file("f"), destination: "/f" });
  await share.shareRootFilesystem(rooted);
  for (let i = 0; i < 2; i++) {
    await share.unshareFile(container, { destination: "/f", hostPath: file?.hostPath as string });
    await share.unshareRootFilesystem(rooted);
    assert.deepEqual(stateOf(scratch.hostDir), before);
  }
});

mountTest("cleaning up again, or what was never prepared, is fine", async (scratch) => {
  const share = scratch.share();
  await share.cleanup();
  await share.prepare();
  await share.cleanup();
  await share.cleanup();
  await share.cleanup({ revoke: true });
  nothing(scratch);
});

mountTest("cleaning up is fine where the directory of sandboxes is gone", async (scratch) => {
  const share = scratch.share();
  await share.prepare();
  await share.cleanup();
  rmdirSync(scratch.hostDir);
  await share.cleanup();
  await share.unshareFile(container, { destination: "/f", hostPath: scratch.hub("c1-f") });
  assert.equal(existsSync(scratch.hostDir), false);
});

mountTest("a process that never prepared cleans up", async (scratch) => {
  const share = scratch.share({ sandboxBindMounts: [scratch.file("hosts")] });
  await share.prepare();
  await share.shareFile(container, { source: scratch.file("f"), destination: "/f" });
  const worker = await Worker.start();
  assert.deepEqual(await worker.obey({ sandbox: scratch.sandbox(), calls: [["cleanup"]] }), [{ end: "ok" }]);
  await worker.end();
  nothing(scratch);
});

mountTest("an object of one process goes on where another's stopped", async (scratch) => {
  const worker = await Worker.start();
  const file = scratch.file("f", "content");
  const mount = { source: file, destination: "/f", options: ["ro"] };
  const sandbox = scratch.sandbox();
  const calls = [["prepare"], ["shareFile", container, mount, { random }]] as const;
  assert.deepEqual(await worker.obey({ sandbox, calls }), [{ end: "ok" }, { end: "ok" }]);
  await worker.end();
  const share = scratch.share();
  const shared = await share.shareFile(container, mount, { random });
  assert.equal(readFileSync(scratch.view(`c1-${random}-f`), "utf8"), "content");
  await share.unshareFile(container, { ...mount, hostPath: shared?.hostPath as string });
  assert.deepEqual(readdirSync(scratch.inSandbox("mounts")), []);
  await share.cleanup();
  nothing(scratch);
});

mountTest("a sandbox on a filesystem that came later is a new one", async (scratch) => {
  const share = scratch.share();
  await share.prepare();
  mountTmpfs(scratch.hostDir);
  await share.cleanup();
  await share.prepare();
  await share.cleanup();
  assert.deepEqual(readdirSync(scratch.hostDir), []);
  unmount(scratch.hostDir);
  await share.cleanup();
  nothing(scratch);
});
