import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers";
import { copyTree } from "../../ffi/copy/copy-tree.ts";
import { hostOf } from "../../ffi/linux/host.ts";
import { CopyError, type CopyProgress, FilesystemShare } from "../../ffi/mod.ts";
import { copyTest, shareDir } from "../support/copy/place.ts";
import { makeTraps } from "../support/copy/traps.ts";
import { rejection } from "../support/errors.ts";
import { stretching } from "../support/faults/stretches.ts";
import { libc } from "../support/runtimes.ts";
import { KubeletVolume } from "../support/watch/kubelet-volume.ts";
import { version } from "../support/watch/place.ts";

copyTest("the progress has a total where that is asked for, and ends at it", async (place) => {
  makeTraps(place.source);
  execFileSync("mkfifo", [join(place.source, "pipe")]);
  symlinkSync("/etc/passwd", join(place.source, "absolute"));
  symlinkSync("../../..", join(place.source, "empty/outside"));
  for (const links of ["inside", "all"] as const) {
    const seen: CopyProgress[] = [];
    const name = `c-${links}`;
    const options = { total: true, links, onProgress: (progress: CopyProgress) => void seen.push(progress) };
    const result = await place.copy(options, {}, { name });
    assert.deepEqual(seen[0]?.total, { entries: result.entries, bytes: result.bytes });
    const { entries, bytes, total } = seen.at(-1) as CopyProgress;
    assert.deepEqual({ entries, bytes }, total);
  }
});

copyTest("without being asked for there is no total", async (place) => {
  writeFileSync(join(place.source, "f"), "x");
  const seen: CopyProgress[] = [];
  await place.copy({ onProgress: (progress) => void seen.push(progress) });
  assert.ok(seen.length > 0 && seen.every((progress) => !("total" in progress)));
});

copyTest("a file and a volume of kubelet's have a total too", async (place) => {
  const volume = new KubeletVolume(join(place.source, "v"));
  volume.write(version(1, "a", "d/b"));
  writeFileSync(join(place.source, "file"), "12345");
  await place.with({}, async (agent) => {
    const seen: CopyProgress[] = [];
    const copy = { total: true, onProgress: (progress: CopyProgress) => void seen.push(progress) };
    const share = new FilesystemShare({ id: "s1", sharedFs: "none" }, { libc, agent, copy });
    for (const source of [volume.path, join(place.source, "file")]) {
      seen.length = 0;
      await share.shareFile({ id: "c1" }, { source, destination: "/v" });
      const { entries, bytes, total } = seen.at(-1) as CopyProgress;
      assert.deepEqual({ entries, bytes }, total);
    }
    await share.unshareContainer({ id: "c1" });
  });
});

copyTest("counting gives way, and ends with the signal", async (place) => {
  for (let i = 0; i < 3000; i += 1) writeFileSync(join(place.source, `f${i}`), "");
  const counted = stretching(libc);
  const controller = new AbortController();
  let asked = 0;
  const close = async () => {};
  const copyFile = async () => {
    asked += 1;
  };
  const agent = { copyFile, close, [Symbol.asyncDispose]: close };
  const options = { total: true, signal: controller.signal };
  const copying = copyTree(hostOf(counted), place.source, `${shareDir}/c1`, agent, options);
  setImmediate(() => controller.abort());
  assert.ok((await rejection(copying)) instanceof CopyError);
  assert.ok(counted.longest() <= 2000, `${counted.longest()} calls in one go`);
  assert.equal(asked, 0);
});

copyTest("a total that is no yes or no is refused", async (place) => {
  assert.match(
    String(await rejection(place.copy({ total: 1 as unknown as boolean }))),
    /total has to be true or false/,
  );
});
