import assert from "node:assert/strict";
import { statfsSync, writeFileSync } from "node:fs";
import { withPodBundleIn } from "../../ffi/mod.ts";
import { mountTmpfs } from "../support/mounts.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";

function bundleIn(scratch: Scratch, mount: object): string {
  const bundle = scratch.directory("bundle");
  const config = { root: { path: "rootfs" }, mounts: [{ destination: "/dev/shm", ...mount }] };
  writeFileSync(`${bundle}/config.json`, JSON.stringify(config));
  return bundle;
}

mountTest(
  "a bind at /dev/shm makes the sandbox's as large as the filesystem of its source",
  async (scratch) => {
    const source = scratch.directory("shm");
    mountTmpfs(source, "size=3m,mode=1777");
    const options = ["rbind", "ro"];
    const bundle = bundleIn(scratch, { type: "bind", source, options });
    assert.deepEqual(await withPodBundleIn({ id: "s1" }, bundle), { id: "s1", shmSize: 3 * 1024 * 1024 });
    bundleIn(scratch, { type: "bind", source: "../shm", options });
    assert.equal((await withPodBundleIn({ id: "s1" }, bundle)).shmSize, 3 * 1024 * 1024);
    bundleIn(scratch, { type: "bind", source: "/proc" });
    assert.equal(statfsSync("/proc").blocks, 0);
    assert.deepEqual(await withPodBundleIn({ id: "s1" }, bundle), { id: "s1" });
  },
);

mountTest("a tmpfs there asks nobody", async (scratch) => {
  const bundle = bundleIn(scratch, { type: "tmpfs", source: "/gone", options: ["size=1g"] });
  assert.equal((await withPodBundleIn({ id: "s1", shmSize: 5 }, bundle)).shmSize, 1024 ** 3);
});

mountTest("a bundle or source that cannot be looked at is told by its path", async (scratch) => {
  const { path } = scratch;
  await assert.rejects(withPodBundleIn({ id: "s1" }, `${path}/no`), {
    name: "ConfigurationFileError",
    code: "ENOENT",
    path: `${path}/no/config.json`,
  });
  const bundle = bundleIn(scratch, { type: "bind", source: `${path}/gone` });
  await assert.rejects(withPodBundleIn({ id: "s1" }, bundle), {
    message: `Cannot read "${path}/gone": ENOENT (there is no such file)`,
  });
});
