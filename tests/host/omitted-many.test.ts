import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { counting } from "../support/faults/wrapped-libc.ts";
import { mount, mounts, mountTmpfs } from "../support/mounts.ts";
import { libc } from "../support/runtimes.ts";
import { bindPrivately } from "../support/sandbox/kernel-below.ts";
import { mountTest, random, type Scratch } from "../support/scratch.ts";

const DOUBLINGS = 11;

// A tmpfs with something of the kernel's in it, in which all that is there so far is mounted again and again.
function manyMounts(scratch: Scratch): string {
  mount("--make-private", scratch.path);
  const source = scratch.directory("many");
  mountTmpfs(source);
  mount("--make-private", source);
  bindPrivately("/proc/sys", scratch.directory("many/sys"));
  for (let i = 0; i < DOUBLINGS; i++) {
    const target = scratch.directory(`many/${i}`);
    mount("--rbind", source, target);
  }
  return source;
}

/** The most calls of a log that were made without a turn for the rest of the program. */
async function longestStretch(log: readonly unknown[], work: Promise<unknown>): Promise<number> {
  let [longest, before, isOver] = [0, log.length, false];
  const over = () => {
    isOver = true;
  };
  work.then(over, over);
  while (!isOver) {
    await new Promise((resolve) => setImmediate(resolve));
    longest = Math.max(longest, log.length - before);
    before = log.length;
  }
  await work;
  return longest;
}

mountTest("with thousands of mounts below no stretch of calls is long", async (scratch) => {
  const source = manyMounts(scratch);
  const many = 2 ** (DOUBLINGS + 1);
  assert.ok(mounts().length > many);
  const counted = counting(libc);
  const share = scratch.share({}, { libc: counted });
  await share.prepare();
  const one = { source, destination: "/x", options: ["rbind", "rnosuid"] };
  const sharing = share.shareFile({ id: "c1" }, one, { random });
  assert.ok((await longestStretch(counted.log, sharing)) < 2000);
  assert.equal((await sharing)?.omitted?.length, many / 2);
  const view = scratch.view(`c1-${random}-x`);
  for (const path of ["sys", "0/sys", "10/9/8/7/6/5/4/3/2/1/0/sys"])
    assert.deepEqual(readdirSync(`${view}/${path}`), []);
  const again = share.shareFile({ id: "c1" }, one, { random });
  assert.ok((await longestStretch(counted.log, again)) < 2000);
  await share.cleanup();
  assert.equal(existsSync(scratch.inSandbox()), false);
});

mountTest("mounts that are known to be harmless are not looked up again", async (scratch) => {
  mount("--make-private", scratch.path);
  const source = scratch.directory("many");
  mountTmpfs(source);
  mount("--make-private", source);
  for (let i = 0; i < DOUBLINGS; i++) mount("--rbind", source, scratch.directory(`many/${i}`));
  const counted = counting(libc);
  const share = scratch.share({}, { libc: counted });
  await share.prepare();
  const callsOf = async (destination: string) => {
    const from = counted.log.length;
    await share.shareFile(
      { id: "c1" },
      { source: scratch.directory("beside"), destination, options: ["rbind"] },
    );
    return counted.log.length - from;
  };
  const first = await callsOf("/first");
  const second = await callsOf("/second");
  assert.ok(first > 2 ** DOUBLINGS, `only ${first} calls`);
  assert.ok(second < 200, `${second} calls`);
});
