import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { refused } from "../support/refused.ts";
import { mountTest, random } from "../support/scratch.ts";

const container = { id: "c1" };
const directory = { id: "c1", rootFs: { target: "/usr" } };

mountTest("another share with the name is an error, and stays", async (scratch) => {
  const share = scratch.share();
  await share.prepare();
  const mountOf = (source: string, options: string[] = []) => ({ source, destination: "/x", options });
  await share.shareFile(container, mountOf(scratch.file("f", "first")), { random });
  for (const other of [
    mountOf(scratch.file("g")),
    mountOf(scratch.directory("d")),
    mountOf(`${scratch.path}/f`, ["ro"]),
  ]) {
    const error = await refused(scratch, () => share.shareFile(container, other, { random }));
    assert.match(error.message, /EEXIST.*another share has this name/);
  }
  assert.equal(readFileSync(scratch.view(`c1-${random}-x`), "utf8"), "first");
});

mountTest("what is no share but has the name is an error, and stays", async (scratch) => {
  const share = scratch.share();
  await share.prepare();
  writeFileSync(scratch.hub(`c1-${random}-x`), "mine");
  symlinkSync(scratch.directory("elsewhere"), scratch.hub(`c1-${random}-y`));
  writeFileSync(scratch.hub("c1"), "mine");
  for (const source of [scratch.file("f"), scratch.directory("d")]) {
    for (const destination of ["/x", "/y"]) {
      const error = await refused(scratch, () =>
        share.shareFile(container, { source, destination }, { random }),
      );
      assert.match(error.message, /EEXIST.*no share has this name/);
    }
  }
  assert.match((await refused(scratch, () => share.shareRootFilesystem(directory))).message, /EEXIST/);
});

mountTest(
  "a container whose id is the name of a share gets nothing into that share's source",
  async (scratch) => {
    const share = scratch.share();
    await share.prepare();
    const data = scratch.directory("data");
    await share.shareFile(container, { source: data, destination: "/x" }, { random });
    const named = { id: `c1-${random}-x`, rootFs: { target: scratch.directory("image") } };
    const error = await refused(scratch, () => share.shareRootFilesystem(named));
    assert.match(error.message, /EEXIST/);
    mkdirSync(`${data}/rootfs`);
    await share.unshareRootFilesystem(named).catch(() => {});
    assert.deepEqual(readdirSync(data), ["rootfs"]);
    assert.ok(existsSync(scratch.view(`c1-${random}-x/rootfs`)));
  },
);
