import assert from "node:assert/strict";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { Child } from "../support/child.ts";
import { mountOn, mountTmpfs } from "../support/mounts.ts";
import { commandOf } from "../support/runtimes.ts";
import { mountTest, random } from "../support/scratch.ts";

const container = { id: "c1" };
const name = `c1-${random}-x`;

mountTest(
  "a read-only share is not writable, through hub or view, by option or by readOnly",
  async (scratch) => {
    const share = scratch.share();
    await share.prepare();
    const sources = { file: scratch.file("file"), directory: scratch.directory("directory") };
    scratch.file("directory/inner");
    const ways = [
      { options: ["ro"] },
      { readOnly: true },
      { options: ["rw"], readOnly: true },
      { options: ["ro", "rw"] },
    ];
    for (const way of ways) {
      for (const [kind, source] of Object.entries(sources)) {
        const shared = await share.shareFile(container, { source, destination: "/x", ...way }, { random });
        const inner = kind === "file" ? name : `${name}/inner`;
        for (const path of [scratch.hub(inner), scratch.view(inner)]) {
          assert.throws(() => appendFileSync(path, "x"), { code: "EROFS" });
        }
        await share.unshareFile(container, { destination: "/x", hostPath: shared?.hostPath as string });
      }
    }
    assert.equal(readFileSync(sources.file, "utf8"), "file");
  },
);

mountTest("the guest cannot write where nothing is shared", async (scratch) => {
  await scratch.share().prepare();
  assert.throws(() => writeFileSync(scratch.view("new"), ""), { code: "EROFS" });
});

for (const readOnly of [true, false]) {
  for (const recursive of [true, false]) {
    const how = `${readOnly ? "read-only" : "writable"} ${recursive ? "with its mounts" : "alone"}`;
    mountTest(`a directory shared ${how} keeps nosuid, nodev and noexec of its source`, async (scratch) => {
      const source = scratch.directory("source");
      mountTmpfs(source, "nosuid,nodev,noexec,mode=0755");
      mountTmpfs(scratch.directory("source/sub"), "nosuid,mode=0755");
      const share = scratch.share();
      await share.prepare();
      const options = recursive ? ["rbind"] : [];
      await share.shareFile(container, { source, destination: "/x", options, readOnly }, { random });
      const mode = readOnly ? "ro" : "rw";
      for (const place of [scratch.hub(name), scratch.view(name)]) {
        assert.match(mountOn(place)?.options ?? "", new RegExp(`^${mode},nosuid,nodev,noexec`));
        const below = mountOn(`${place}/sub`)?.options ?? "";
        if (recursive) assert.match(below, new RegExp(`^${mode},nosuid(?!,nodev)`));
        else assert.equal(below, "");
      }
    });
  }
}

mountTest("a source on a read-only mount is shared read-only", async (scratch) => {
  const source = scratch.directory("source");
  mountTmpfs(source, "ro");
  const share = scratch.share();
  await share.prepare();
  await share.shareFile(container, { source, destination: "/x" }, { random });
  assert.throws(() => writeFileSync(`${scratch.view(name)}/new`, ""), { code: "EROFS" });
});

mountTest(
  "no moment of a read-only share is writable, for a process that never stops trying",
  async (scratch) => {
    const share = scratch.share();
    await share.prepare();
    const file = scratch.file("file", "content");
    const directory = scratch.directory("directory");
    mountTmpfs(scratch.directory("directory/sub"));
    for (const path of ["directory/inner", "directory/sub/inner"]) scratch.file(path, "content");
    const names = ["f", "d/inner", "r/inner", "r/sub/inner"].map((one) => `c1-${random}-${one}`);
    const paths = names.flatMap((one) => [scratch.hub(one), scratch.view(one)]);
    const [program, ...args] = commandOf("hammer");
    const hammer = new Child([program, ...args, ...paths]);
    await hammer.line();
    // Sampled: 300 times.
    for (let i = 0; i < 300; i++) {
      await share.shareFile(container, { source: file, destination: "/f", readOnly: true }, { random });
      await share.shareFile(container, { source: directory, destination: "/d", readOnly: true }, { random });
      const tree = { source: directory, destination: "/r", readOnly: true, options: ["rbind"] };
      await share.shareFile(container, tree, { random });
      for (const destination of ["f", "d", "r"]) {
        await share.unshareFile(container, {
          destination,
          hostPath: scratch.hub(`c1-${random}-${destination}`),
        });
      }
    }
    const { stdout } = await hammer.end();
    const seen = JSON.parse(stdout.trim().split("\n").at(-1) as string);
    assert.deepEqual(seen.opened, []);
    assert.ok(seen.refusals.EROFS > 0, "the share was never seen");
    assert.ok(seen.refusals.ENOENT > 0, "the share was always there");
  },
);
