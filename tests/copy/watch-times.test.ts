import assert from "node:assert/strict";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { withWholeSeconds } from "../support/faults/wrapped-libc.ts";
import { version } from "../support/watch/place.ts";
import { volumeTest } from "../support/watch/volume-place.ts";

volumeTest("a change in the same second is found where a file system keeps no others", async (make) => {
  const { kubelet, volume } = make({ wrap: withWholeSeconds });
  kubelet.write(version(1, "a"));
  // Until the second was not over too soon: that depends on what else the machine does.
  for (let tries = 0, isOneSecond = false; !isOneSecond; tries += 1) {
    assert.ok(tries < 60, "no change was within a second");
    await sleep(1000 - (Date.now() % 1000));
    kubelet.write(version(tries + 2, "a"));
    await volume.update();
    const { text } = volume.snapshot();
    symlinkSync("..data/b", join(kubelet.path, `b${tries}`));
    isOneSecond = volume.snapshot().text === text;
  }
  assert.ok(volume.mayDiffer(volume.snapshot()));
  await sleep(2500);
  await volume.update();
  assert.ok(!volume.mayDiffer(volume.snapshot()));
});
