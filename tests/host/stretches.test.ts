import assert from "node:assert/strict";
import { closeSync, openSync } from "node:fs";
import test from "node:test";
import { findHolder } from "../../ffi/linux/namespace-holder.ts";
import { Syscalls } from "../../ffi/linux/syscalls.ts";
import type { Mount } from "../../ffi/mod.ts";
import { stretching } from "../support/faults/stretches.ts";
import { mountsBelow } from "../support/mounts.ts";
import { libc } from "../support/runtimes.ts";
import { rounds } from "../support/sample.ts";
import { containerWith } from "../support/sandbox/together.ts";
import { mountTest } from "../support/scratch.ts";

// Timers, signals and other sandboxes wait as long as calls are made in one go.
const MOST_CALLS = 2000;

// Each share is there twice: in the hub, and in the view.
for (const mounts of [10_000, 40_000].slice(0, rounds(2, 1))) {
  mountTest(
    `at ${mounts} mounts no operation makes more than ${MOST_CALLS} calls in one go`,
    async (scratch) => {
      const counted = stretching(libc);
      const share = scratch.share({}, { libc: counted });
      await share.prepare();
      const source = scratch.file("f");
      const directory = scratch.directory("d");
      const shares = mounts / 2;
      const many = containerWith(scratch, "c1", filesIn(scratch.directory("many"), shares / 2));
      for (const { source } of many.mounts ?? [])
        scratch.file((source as string).slice(scratch.path.length + 1), "");
      const check = (what: string) =>
        assert.ok(counted.longest() <= MOST_CALLS, `${what}: ${counted.longest()} calls`);

      await share.shareContainer(many);
      check("shareContainer");
      const mount = { source, destination: "/f" };
      const files = await Promise.all(
        Array.from({ length: shares / 2 }, () => share.shareFile({ id: "c2" }, mount)),
      );
      check("shareFile, all at once");
      assert.ok(mountsBelow(scratch.hostDir).length >= mounts, "there are that many");

      const recursive = { source: directory, destination: "/d", options: ["rbind", "ro", "rnosuid"] };
      await share.shareFile({ id: "c3" }, recursive, { random: "0".repeat(16) });
      await share.shareFile({ id: "c3" }, recursive, { random: "0".repeat(16) });
      check("a recursive share, and once more");
      await share.shareFile({ id: "c3" }, recursive, { together: true });
      const last = containerWith(scratch, "c4", [recursive, mount]);
      await share.shareContainer(last);
      await share.unshareContainer(last);
      check("a container that others share with");
      const taken = files
        .slice(0, files.length / 2)
        .map((file) => ({ ...mount, hostPath: file?.hostPath as string }));
      await Promise.all(taken.map((one) => share.unshareFile({ id: "c2" }, one)));
      check("unshareFile, all at once");
      await share.unshareContainer(many);
      check("unshareContainer");
      await share.cleanup({ revoke: true });
      check("cleanup with revoke");
      assert.deepEqual(mountsBelow(scratch.hostDir), []);
    },
  );
}

test(`a namespace is looked for among many descriptors, with no more than ${MOST_CALLS} calls in one go`, async () => {
  const many = Array.from({ length: 2 * MOST_CALLS }, () => openSync("/dev/null", "r"));
  try {
    const counted = stretching(libc);
    const nobody = { boot: "", inode: 1, userInode: 1, process: 0, started: 0 };
    const { holder } = await findHolder(new Syscalls(counted), nobody);
    assert.equal(holder, undefined);
    assert.ok(counted.longest() <= MOST_CALLS, `${counted.longest()} calls`);
  } finally {
    for (const fd of many) closeSync(fd);
  }
});

function filesIn(directory: string, count: number): Mount[] {
  return Array.from({ length: count }, (_, i) => ({
    ...{ source: `${directory}/${i}`, destination: `/many/${i}`, type: "bind", options: ["rbind", "ro"] },
  }));
}
