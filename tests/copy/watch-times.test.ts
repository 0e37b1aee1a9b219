import assert from "node:assert/strict";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { volumeTest } from "../support/volume-test.ts";
import { version } from "../support/watch-test.ts";
import { withWholeSeconds } from "../support/wrapped-libc.ts";

volumeTest("a change in the same second is found where a file system keeps no others", async (make) => {
  const { kubelet, volume } = make({ wrap: withWholeSeconds });
  await sleep(1000 - (Date.now() % 1000));
  kubelet.write(version(1, "a"));
  await sleep(500);
  await volume.bring();
  const { text } = volume.look();
  symlinkSync("..data/b", join(kubelet.path, "b"));
  assert.equal(volume.look().text, text, "the second was over too soon");
  assert.ok(volume.hasChanged(volume.look()));
  await sleep(2500);
  await volume.bring();
  assert.ok(!volume.hasChanged(volume.look()));
});
