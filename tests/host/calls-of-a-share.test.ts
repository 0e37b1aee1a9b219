import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, renameSync } from "node:fs";
import type { Libc } from "../../ffi/mod.ts";
import { Child } from "../support/child.ts";
import { stepError } from "../support/errors.ts";
import { withStillClock } from "../support/faults/clock.ts";
import { counting, failing, interrupted, lacking } from "../support/faults/wrapped-libc.ts";
import { mountTmpfs, unmount } from "../support/mounts.ts";
import { libc } from "../support/runtimes.ts";
import { containerWith } from "../support/sandbox/together.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";
import { descriptors, openFiles } from "../support/state.ts";

function filesOf(scratch: Scratch, id: string, count: number) {
  const names = Array.from({ length: count }, (_, i) => `${id}-${i}`);
  return containerWith(
    scratch,
    id,
    names.map((name) => ({ source: scratch.file(name), destination: `/${name}`, readOnly: true })),
  );
}

/** How many calls sharing a container takes, with closing and without. */
async function callsFor(scratch: Scratch, id: string, count: number): Promise<[all: number, real: number]> {
  const counted = counting(libc);
  const container = filesOf(scratch, id, count);
  await withStillClock(() => scratch.share({}, { libc: counted }).shareContainer(container));
  return [counted.log.length, failing(counted.log).length];
}

mountTest("a share of a container takes seven calls, and closing a fraction of one", async (scratch) => {
  await scratch.share().prepare();
  const [fewAll, few] = await callsFor(scratch, "c1", 10);
  await scratch.share().cleanup();
  await scratch.share().prepare();
  const [manyAll, many] = await callsFor(scratch, "c2", 110);
  // Random numbers come for many shares at once.
  assert.equal(Math.round((many - few) / 100), 7);
  assert.ok(manyAll - fewAll <= 7.5 * 100, `${(manyAll - fewAll) / 100} calls a share`);
  await scratch.share().cleanup();
});

mountTest("a share of other containers costs the next container one call", async (scratch) => {
  const share = scratch.share();
  await share.prepare();
  await share.shareContainer(filesOf(scratch, "c1", 10));
  const [, second] = await callsFor(scratch, "c2", 10);
  await share.shareContainer(filesOf(scratch, "c3", 50));
  const [, fourth] = await callsFor(scratch, "c4", 10);
  // c2 had ten shares beside it, and c4 seventy.
  assert.ok(fourth - second < 60 + 5, `${fourth - second} calls`);
  await share.cleanup();
});

mountTest("a process that prepares a second time reads nothing of its namespace", async (scratch) => {
  const counted = counting(libc);
  const share = scratch.share({}, { libc: counted });
  await share.prepare();
  assert.ok(counted.log.includes("read"));
  await share.cleanup();
  const before = counted.log.length;
  await share.prepare();
  assert.deepEqual(
    counted.log.slice(before).filter((name) => name === "read"),
    [],
  );
  assert.ok(counted.log.length - before <= 45, `${counted.log.length - before} calls`);
  await share.cleanup();
});

const changes: readonly [what: string, before: (at: Scratch) => void, change: (at: Scratch) => void][] = [
  ["replaced by another file", () => {}, (at) => renameSync(at.file("new", "new"), `${at.path}/d/f`)],
  [
    "unmounted",
    (at) => {
      mountTmpfs(`${at.path}/d`);
      at.file("d/f", "old");
    },
    (at) => unmount(`${at.path}/d`),
  ],
];

for (const [what, before, change] of changes) {
  mountTest(`a source that is ${what} after it was looked at is shared as it is then`, async (scratch) => {
    const source = scratch.file("d/f", what === "unmounted" ? "new" : "old");
    before(scratch);
    const share = scratch.share();
    await share.prepare();
    const open = descriptors();
    let isChanged = false;
    const way = interrupted(libc, { before: "flock" }, () => {
      change(scratch);
      isChanged = true;
    });
    const mounts = [{ source, destination: "/f" }];
    const { outcomes } = await scratch
      .share({}, { libc: way })
      .shareContainer(containerWith(scratch, "c1", mounts));
    assert.ok(isChanged);
    assert.equal(readFileSync(outcomes[0]?.shared?.hostPath as string, "utf8"), "new");
    assert.equal(descriptors(), open);
    await share.cleanup();
  });
}

mountTest("of many sources some are kept open, and none is left open", async (scratch) => {
  await scratch.share().prepare();
  const before = descriptors();
  let during = 0;
  const way = interrupted(libc, { before: "flock" }, () => {
    during = descriptors();
  });
  await scratch.share({}, { libc: way }).shareContainer(filesOf(scratch, "c1", 300));
  assert.ok(during > before + 100 && during < before + 140, `${during - before} are open`);
  assert.equal(descriptors(), before);
  await scratch.share().cleanup();
});

mountTest("where a filter refuses close_range, descriptors are closed one by one", async (scratch) => {
  const before = descriptors();
  const counted = counting(lacking(libc, { close_range: 1 }));
  const share = scratch.share({}, { libc: counted as Libc });
  await share.prepare();
  await share.shareContainer(filesOf(scratch, "c1", 40));
  assert.equal(descriptors(), before);
  assert.equal(counted.log.filter((name) => name === "close_range").length, 1);
  await share.cleanup();
});

mountTest("while a call waits for the lock, its sources can be unmounted", async (scratch) => {
  const volume = scratch.directory("volume");
  mountTmpfs(volume);
  const source = scratch.file("volume/f");
  await scratch.share().prepare();
  const holder = new Child(["flock", scratch.inSandbox(), "sh", "-c", "echo held; cat"]);
  await holder.line();
  const sharing = scratch
    .share()
    .shareContainer(containerWith(scratch, "c1", [{ source, destination: "/f" }]));
  sharing.catch(() => {});
  while (!openFiles().includes(source)) await pause();
  // Nobody can unmount what is open.
  while (spawnSync("umount", [volume]).status !== 0) await pause();
  await holder.end();
  assert.equal((await stepError(sharing)).code, "ENOENT");
  await scratch.share().cleanup();
});

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5));
}
