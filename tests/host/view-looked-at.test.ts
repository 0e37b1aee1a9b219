import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import type { FilesystemShare } from "../../ffi/mod.ts";
import { counting } from "../support/faults/wrapped-libc.ts";
import { mount, mountTmpfs, unmount } from "../support/mounts.ts";
import { refused } from "../support/refused.ts";
import { libc } from "../support/runtimes.ts";
import { mountTest, random, type Scratch } from "../support/scratch.ts";
import { shapeOf, stateOf } from "../support/state.ts";

const container = { id: "c1" };

const troubles: readonly [what: string, code: string, reason: RegExp, make: (scratch: Scratch) => void][] = [
  ["is gone", "ENOENT", /the guest's view is not mounted any more; call prepare/, (s) => unmount(s.view(""))],
  ["is covered", "EEXIST", /something else is mounted where the view goes/, (s) => mountTmpfs(s.view(""))],
  ["is private", "EEXIST", /the view does not follow the hub/, (s) => mount("--make-private", s.view(""))],
  [
    "follows another hub",
    "EEXIST",
    /the view does not follow the hub/,
    (scratch) => {
      mount("--make-private", scratch.hub(""));
      mount("--make-shared", scratch.hub(""));
    },
  ],
  [
    "is a writable bind of the hub",
    "EEXIST",
    /something else is mounted where the view goes/,
    (scratch) => {
      unmount(scratch.view(""));
      mount("--bind", scratch.hub(""), scratch.view(""));
    },
  ],
];

type Share = (share: FilesystemShare, scratch: Scratch) => Promise<unknown>;
const shares: readonly [name: string, perform: Share][] = [
  [
    "a file",
    (share, scratch) => share.shareFile(container, { source: scratch.file("f"), destination: "/f" }),
  ],
  [
    "a file for several containers",
    (share, scratch) =>
      share.shareFile(container, { source: scratch.file("f"), destination: "/f" }, { together: true }),
  ],
  [
    "a root filesystem",
    (share, scratch) =>
      share.shareRootFilesystem({ id: "c1", rootFs: { target: scratch.directory("image") } }),
  ],
  [
    "a container",
    (share, scratch) => {
      const mounts = [{ source: scratch.file("f"), destination: "/f", type: "bind" }];
      return share.shareContainer({ id: "c1", rootFs: { target: scratch.directory("image") }, mounts });
    },
  ],
];

for (const [what, code, reason, make] of troubles) {
  mountTest(`sharing is refused, and changes nothing, where the view ${what}`, async (scratch) => {
    const share = scratch.share();
    await share.prepare();
    await share.shareFile(container, { source: scratch.file("old"), destination: "/old" }, { random });
    make(scratch);
    for (const [name, perform] of shares) {
      const error = await refused(scratch, () => perform(share, scratch));
      assert.equal(error.code, code, `${name}: ${error.message}`);
      assert.match(error.message, reason, name);
    }
    await share.cleanup();
    assert.deepEqual(shapeOf(scratch.hostDir), [". directory 0755"]);
  });
}

mountTest(
  "where the view is gone, prepare makes another that has the shares, and follows",
  async (scratch) => {
    const share = scratch.share();
    await share.prepare();
    await share.shareFile(container, { source: scratch.file("a"), destination: "/a" }, { random });
    const good = shapeOf(scratch.hostDir).sort();
    unmount(scratch.view(""));
    await share.prepare();
    assert.deepEqual(shapeOf(scratch.hostDir).sort(), good);
    await share.shareFile(container, { source: scratch.file("b"), destination: "/b" }, { random });
    assert.deepEqual(readdirSync(scratch.view("")), [`c1-${random}-a`, `c1-${random}-b`]);
    await share.cleanup();
  },
);

mountTest("calls that wait together look at the view once", async (scratch) => {
  const counted = counting(libc);
  const share = scratch.share({}, { libc: counted });
  await share.prepare();
  const source = scratch.file("f");
  const sharing = async (count: number) => {
    const from = counted.log.length;
    const calls = Array.from({ length: count }, () =>
      share.shareFile(container, { source, destination: "/f" }),
    );
    await Promise.all(calls);
    return counted.log.slice(from).filter((name) => name === "statmount").length;
  };
  await sharing(1); // looks at the source's mount, too
  assert.equal(await sharing(1), 3); // guard, hub, view
  assert.equal(await sharing(10), 3);
  await share.cleanup();
});

mountTest("the view is looked at in each hold anew", async (scratch) => {
  const share = scratch.share();
  await share.prepare();
  const one = { source: scratch.file("f"), destination: "/f" };
  for (let round = 0; round < 2; round++) {
    await share.shareFile(container, one);
    unmount(scratch.view(""));
    const before = stateOf(scratch.hostDir);
    const calls = [share.shareFile(container, one), share.prepare(), share.shareFile(container, one)];
    const ends = await Promise.allSettled(calls);
    assert.deepEqual(
      ends.map(({ status }) => status),
      ["rejected", "fulfilled", "fulfilled"],
    );
    assert.notDeepEqual(stateOf(scratch.hostDir), before);
    assert.equal(readdirSync(scratch.view("")).length, readdirSync(scratch.hub("")).length);
  }
  await share.cleanup();
});
