import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { mountOn, mountsBelow, mountTmpfs, unmount } from "../support/mounts.ts";
import { mountTest, random, type Scratch } from "../support/scratch.ts";

const container = { id: "c1" };

// A directory with a mount below it, and one below that.
function nested(scratch: Scratch): string {
  const source = scratch.directory("source");
  mountTmpfs(scratch.directory("source/sub"));
  scratch.file("source/sub/secret");
  mountTmpfs(scratch.directory("source/sub/deeper"));
  scratch.file("source/sub/deeper/secret");
  return source;
}

const ways: readonly [how: string, options: string[], inView: string[]][] = [
  ["alone", [], []],
  ["with its mounts", ["rbind"], ["deeper", "secret"]],
];
for (const [how, options, inView] of ways) {
  mountTest(
    `a directory shared ${how} keeps its mounts, old and new, and the guest sees no new one`,
    async (scratch) => {
      const source = nested(scratch);
      const share = scratch.share();
      await share.prepare();
      const mount = { source, destination: "/x", options };
      const shared = await share.shareFile(container, mount, { random });
      const name = `c1-${random}-x`;
      assert.deepEqual(readdirSync(scratch.view(`${name}/sub`)), inView);
      assert.deepEqual(readdirSync(scratch.hub(`${name}/sub`)), inView);

      for (const later of ["source/later", "source/sub/later"]) {
        mountTmpfs(scratch.directory(later));
        scratch.file(`${later}/new`);
      }
      assert.deepEqual(readdirSync(scratch.view(`${name}/later`)), []);
      if (options.length > 0) assert.deepEqual(readdirSync(scratch.view(`${name}/sub/later`)), []);
      const own = mountsBelow(source);
      assert.equal(own.length, 4);

      await share.unshareFile(container, { ...mount, hostPath: shared?.hostPath as string });
      assert.deepEqual(mountsBelow(source), own, "unshare took mounts of the source");
      await share.shareFile(container, mount, { random });
      await share.shareRootFilesystem({ id: "c1", rootFs: { target: source, options } });
      await share.cleanup();
      assert.deepEqual(mountsBelow(source), own, "cleanup took mounts of the source");
      assert.equal(readFileSync(`${source}/sub/later/new`, "utf8"), "source/sub/later/new");
    },
  );
}

mountTest("a sandbox bind mount keeps the mounts of its source", async (scratch) => {
  const source = nested(scratch);
  const own = mountsBelow(source);
  const share = scratch.share({ sandboxBindMounts: [source] });
  await share.prepare();
  assert.deepEqual(readdirSync(scratch.view("sandbox-mounts/source/sub")), []);
  await share.cleanup();
  assert.deepEqual(mountsBelow(source), own);
});

mountTest("a mount that the host takes away stays shared until it is unshared", async (scratch) => {
  const source = nested(scratch);
  const share = scratch.share();
  await share.prepare();
  await share.shareFile(container, { source, destination: "/x", options: ["rbind"] }, { random });
  unmount(`${source}/sub`);
  assert.deepEqual(readdirSync(`${source}/sub`), []);
  assert.deepEqual(readdirSync(scratch.view(`c1-${random}-x/sub`)), ["deeper", "secret"]);
});

mountTest("read-only with mounts below is read-only on every level, in hub and view", async (scratch) => {
  const source = nested(scratch);
  const share = scratch.share();
  await share.prepare();
  await share.shareFile(container, { source, destination: "/x", options: ["rbind", "ro"] }, { random });
  for (const level of ["", "/sub", "/sub/deeper"]) {
    for (const place of [scratch.hub(`c1-${random}-x${level}`), scratch.view(`c1-${random}-x${level}`)]) {
      assert.throws(() => writeFileSync(`${place}/new`, ""), { code: "EROFS" });
      assert.match(mountOn(place)?.options ?? "", /^ro,/);
    }
    writeFileSync(`${source}${level}/new`, ""); // the host still may
  }
});
