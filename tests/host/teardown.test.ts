import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { EPERM } from "../../ffi/linux/errno.ts";
import { Child } from "../support/child.ts";
import { counting, lacking } from "../support/faults/wrapped-libc.ts";
import { mountsBelow } from "../support/mounts.ts";
import { findTool } from "../support/runner/tools.ts";
import { commandOf, libc } from "../support/runtimes.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";

const container = { id: "c1" };

async function thousandShares(scratch: Scratch): Promise<void> {
  const share = scratch.share();
  const source = scratch.file("file");
  const mount = { source, destination: "/f", options: ["ro"] };
  await share.prepare();
  await Promise.all(Array.from({ length: 1000 }, () => share.shareFile(container, mount)));
  assert.equal(mountsBelow(scratch.inSandbox()).length, 2003);
}

mountTest("cleaning up 1,000 shares makes the calls of cleaning up none", async (scratch) => {
  const empty = counting(libc);
  await scratch.share().prepare();
  await scratch.share({}, { libc: empty }).cleanup();
  await thousandShares(scratch);
  const full = counting(libc);
  await scratch.share({}, { libc: full }).cleanup();
  assert.deepEqual(full.log, empty.log);
  assert.equal(full.log.filter((name) => name === "umount2").length, 1);
  assert.ok(full.log.length < 50, `${full.log.length} calls`);
  assert.deepEqual(readdirSync(scratch.hostDir), []);
});

mountTest(
  "strace sees one unmount when 1,000 shares are cleaned up",
  async (scratch) => {
    await thousandShares(scratch);
    const log = `${scratch.path}/strace`;
    const options = ["-f", "-qq", "-e", "trace=umount,umount2", "-e", "signal=none", "-o", log] as const;
    const traced = new Child(["strace", ...options, "--", ...commandOf("obey")]);
    await traced.line();
    traced.send(JSON.stringify({ sandbox: scratch.sandbox(), calls: [["cleanup"]] }));
    assert.deepEqual(JSON.parse(await traced.line()), [{ end: "ok" }]);
    await traced.end();
    const calls = readFileSync(log, "utf8")
      .split("\n")
      .filter((line) => line.includes("umount"));
    assert.equal(calls.length, 1, calls.join("\n"));
    assert.match(calls[0] ?? "", /umount2\("\/proc\/self\/fd\/\d+\/s1", MNT_DETACH\|UMOUNT_NOFOLLOW\) = 0/);
    assert.deepEqual(mountsBelow(scratch.hostDir), []);
  },
  { skip: findTool("strace") ? false : "strace is not installed; it would have shown one umount2" },
);

mountTest("a share takes few calls, and mounting two of them", async (scratch) => {
  await scratch.share().prepare();
  const counted = counting(libc);
  const share = scratch.share({}, { libc: counted });
  const mount = { source: scratch.file("file"), destination: "/f", options: ["ro"] };
  await Promise.all([share.shareFile(container, mount), share.shareFile(container, mount)]);
  const before = counted.log.length;
  await Promise.all(Array.from({ length: 100 }, () => share.shareFile(container, mount)));
  const calls = counted.log.slice(before);
  const mounting = calls.filter((name) => name === "open_tree_attr" || name === "move_mount");
  assert.ok(mounting.length <= 200);
  assert.ok(calls.length < 1000, `${calls.length} calls for 100 shares`);
});

mountTest(
  "a container is taken back by few calls for each share, and for those of others",
  async (scratch) => {
    // Where close_range is refused, how many calls close something does not depend on the descriptors' numbers.
    const counted = counting(lacking(libc, { close_range: EPERM }));
    const share = scratch.share({}, { libc: counted });
    const callsOf = async (work: () => Promise<unknown>) => {
      const before = counted.log.length;
      await work();
      return counted.log.slice(before);
    };
    const containerOf = (id: string, count: number) => ({
      ...{ id, rootFs: { target: scratch.directory("root") } },
      mounts: Array.from({ length: count }, (_, i) => ({
        ...{ source: scratch.file(`${id}-${i}`), destination: `/f${i}`, readOnly: true },
      })),
    });
    await share.prepare();
    await share.shareContainer(containerOf("c1", 10));
    const ofTen = await callsOf(() => share.unshareContainer({ id: "c1" }));
    await share.shareContainer(containerOf("c1", 110));
    const ofMany = await callsOf(() => share.unshareContainer({ id: "c1" }));
    // A call that the kernel has interrupted, or finds busy for a moment, is made again: some, but not one for each share.
    const again = 20;
    assert.ok(ofMany.filter((name) => name === "umount2").length >= 111);
    const ofHundred = ofMany.length - ofTen.length;
    assert.ok(ofHundred <= 100 * 9 + again, `${ofMany.length} calls, and ${ofTen.length} for ten`);

    await share.shareContainer(containerOf("c2", 100));
    await share.shareContainer(containerOf("c1", 10));
    const besideOthers = await callsOf(() => share.unshareContainer({ id: "c1" }));
    assert.ok(besideOthers.length - ofTen.length <= 100 * 2 + again, `${besideOthers.length} calls`);
    assert.equal(mountsBelow(scratch.inSandbox("mounts")).length, 102);
  },
);
