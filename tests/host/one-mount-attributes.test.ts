import assert from "node:assert/strict";
import { linkSync } from "node:fs";
import type { Mount } from "../../ffi/mod.ts";
import { mountTmpfs, mount as mountWith } from "../support/mounts.ts";
import { optionsOf } from "../support/sandbox/binding.ts";
import { assertUsed, containerWith, mountedTogether, usersOf } from "../support/sandbox/together.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";

const bind = (source: string, ...options: string[]): Mount => ({
  ...{ source, destination: "/x", type: "bind", options: ["bind", ...options] },
});

/** Two containers that share one mount each; the names of the mounts that makes, and the outcomes' reasons. */
async function shareTwo(scratch: Scratch, first: Mount, second: Mount) {
  const share = scratch.share();
  await share.prepare();
  const plans = [
    await share.shareContainer(containerWith(scratch, "c1", [first])),
    await share.shareContainer(containerWith(scratch, "c2", [second])),
  ];
  assertUsed(scratch);
  return {
    share,
    count: mountedTogether(scratch).length,
    reasons: plans.map((plan) => plan.outcomes[0]?.reason),
  };
}

type Row = [what: string, count: number, pair: (scratch: Scratch) => [Mount, Mount]];
const rows: readonly Row[] = [
  ["read-only and writable", 2, ({ path }) => [bind(`${path}/f`, "ro"), bind(`${path}/f`, "rw")]],
  [
    "by the option and by the field read-only",
    1,
    ({ path }) => [bind(`${path}/f`, "ro"), { ...bind(`${path}/f`), readOnly: true }],
  ],
  [
    "with words that leave it as it is",
    1,
    ({ path }) => [bind(`${path}/f`, "rw", "rprivate"), bind(`${path}/f`, "dev", "rshared")],
  ],
  ["with and without nosuid", 2, ({ path }) => [bind(`${path}/d`), bind(`${path}/d`, "nosuid")]],
  [
    "with nosuid and rnosuid of one mount alone",
    1,
    ({ path }) => [bind(`${path}/d`, "nosuid"), bind(`${path}/d`, "rnosuid")],
  ],
  ["with and without noatime", 2, ({ path }) => [bind(`${path}/d`), bind(`${path}/d`, "noatime")]],
  ["with all mounts and alone", 2, ({ path }) => [bind(`${path}/d`), bind(`${path}/d`, "rbind")]],
  ["with all mounts twice", 1, ({ path }) => [bind(`${path}/d`, "rbind"), bind(`${path}/d`, "rbind")]],
  [
    "with rnosuid of all mounts twice",
    2,
    ({ path }) => [bind(`${path}/d`, "rbind", "rnosuid"), bind(`${path}/d`, "rbind", "rnosuid")],
  ],
  [
    "by two hard links",
    1,
    (scratch) => {
      linkSync(`${scratch.path}/f`, `${scratch.path}/f2`);
      return [bind(`${scratch.path}/f`), bind(`${scratch.path}/f2`)];
    },
  ],
  [
    "with and without the nosuid that its mount has anyway",
    1,
    (scratch) => {
      mountTmpfs(scratch.directory("tmp"), "nosuid");
      scratch.file("tmp/f");
      return [bind(`${scratch.path}/tmp/f`), bind(`${scratch.path}/tmp/f`, "nosuid")];
    },
  ],
  [
    "by two mounts, of which one is nosuid",
    2,
    (scratch) => {
      const other = scratch.directory("other");
      mountWith("--bind", `${scratch.path}/d`, other);
      mountWith("-o", "remount,bind,nosuid", other);
      return [bind(`${scratch.path}/d`), bind(other)];
    },
  ],
  [
    "by a noatime mount, once to be relatime, and by a plain one",
    1,
    (scratch) => {
      const other = scratch.directory("other");
      mountWith("--bind", `${scratch.path}/d`, other);
      mountWith("-o", "remount,bind,noatime", other);
      return [bind(`${scratch.path}/d`), bind(other, "relatime")];
    },
  ],
  [
    "with strictatime twice",
    1,
    ({ path }) => [bind(`${path}/d`, "strictatime"), bind(`${path}/d`, "strictatime")],
  ],
  [
    "with strictatime and with relatime",
    2,
    ({ path }) => [bind(`${path}/d`, "strictatime"), bind(`${path}/d`, "relatime")],
  ],
  [
    "by a read-only mount, once to be read-only",
    1,
    (scratch) => {
      const other = scratch.directory("other");
      mountWith("--bind", `${scratch.path}/d`, other);
      mountWith("-o", "remount,bind,ro", other);
      return [bind(other), bind(other, "ro")];
    },
  ],
];

for (const [what, count, pair] of rows) {
  mountTest(`one source ${what} is ${count === 1 ? "one mount" : "two mounts"}`, async (scratch) => {
    scratch.file("f");
    scratch.file("d/f");
    const [first, second] = pair(scratch);
    const found = await shareTwo(scratch, first, second);
    assert.equal(found.count, count);
    assert.deepEqual(found.reasons, ["bind", count === 1 ? "same-source" : "bind"]);
    for (const name of mountedTogether(scratch)) optionsOf(scratch, name); // the same in hub and view
    await found.share.unshareContainer({ id: "c2" });
    assert.equal(mountedTogether(scratch).length, 1);
    await found.share.unshareContainer({ id: "c1" });
    assert.deepEqual(usersOf(scratch), {});
    assert.deepEqual(mountedTogether(scratch), []);
  });
}
