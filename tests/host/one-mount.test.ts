import assert from "node:assert/strict";
import { existsSync, linkSync, readdirSync, readFileSync, renameSync } from "node:fs";
import type { Mount } from "../../ffi/mod.ts";
import { optionsOf } from "../support/binding.ts";
import { mountsBelow, mountTmpfs, mount as mountWith } from "../support/mounts.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";
import { descriptors, mountTable, stateOf } from "../support/state.ts";
import {
  assertUsed,
  containerWith,
  digitsFor,
  mountedTogether,
  shapeBetween,
  shareAll,
  usersOf,
} from "../support/together.ts";
import { Worker } from "../support/worker.ts";

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

mountTest("containers with the same source have one mount, till the last is unshared", async (scratch) => {
  const ids = Array.from({ length: 20 }, (_, index) => `c${index}`);
  const mounts = [bind(scratch.file("f", "content"), "ro")];
  const share = scratch.share();
  await share.prepare();
  const plans = await shareAll(share, scratch, ids, mounts);
  const [name = "", ...others] = mountedTogether(scratch);
  assert.deepEqual(others, []);
  assert.match(name, /^sandbox-[0-9a-f]{16}-f$/);
  for (const plan of plans) assert.equal(plan.outcomes[0]?.shared?.guestPath, `/guest/${name}`);
  assert.deepEqual(
    plans.map((plan) => plan.outcomes[0]?.reason),
    ids.map((_, index) => (index === 0 ? "bind" : "same-source")),
  );
  assert.deepEqual(usersOf(scratch), { [name]: ids.toSorted() });
  // In an order of no meaning.
  const order = ids.toSorted((a, b) => ((Number(a.slice(1)) * 7) % 20) - ((Number(b.slice(1)) * 7) % 20));
  for (const id of order) {
    assert.equal(readFileSync(scratch.view(name), "utf8"), "content");
    await share.unshareContainer({ id });
    assertUsed(scratch, id);
  }
  assert.deepEqual(mountedTogether(scratch), []);
  assert.equal(existsSync(scratch.hub(name)), false);
});

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

mountTest("a path that leads to another file by now is another source", async (scratch) => {
  const source = scratch.file("f", "old");
  const { share, count } = await shareTwo(scratch, bind(source), bind(source));
  assert.equal(count, 1);
  renameSync(scratch.file("new", "new"), source);
  const plan = await share.shareContainer(containerWith(scratch, "c3", [bind(source)]));
  const { hostPath = "" } = plan.outcomes[0]?.shared ?? {};
  assert.equal(readFileSync(hostPath, "utf8"), "new");
  assert.deepEqual(
    mountedTogether(scratch)
      .map((name) => readFileSync(scratch.view(name), "utf8"))
      .sort(),
    ["new", "old"],
  );
  assertUsed(scratch);
});

mountTest("a source that one container has twice is one mount", async (scratch) => {
  const source = scratch.file("f");
  const share = scratch.share();
  await share.prepare();
  const mounts = ["/a", "/b", "/c"].map((destination) => ({ ...bind(source), destination }));
  for (const id of ["c1", "c2"]) {
    const plan = await share.shareContainer(containerWith(scratch, id, mounts));
    const [name = ""] = mountedTogether(scratch);
    assert.deepEqual(
      plan.outcomes.map(({ shared }) => shared?.guestPath),
      Array(3).fill(`/guest/${name}`),
    );
    assertUsed(scratch);
  }
  await share.unshareContainer({ id: "c1" });
  assert.equal(mountedTogether(scratch).length, 1);
  await share.unshareContainer({ id: "c2" });
  assert.equal(mountedTogether(scratch).length, 0);
});

mountTest("sharing a container again changes nothing", async (scratch) => {
  const share = scratch.share();
  await share.prepare();
  mountTmpfs(scratch.directory("d/below"));
  const mounts = [
    bind(scratch.file("f"), "ro"),
    { ...bind(`${scratch.path}/d`, "rbind"), destination: "/d" },
  ];
  const container = containerWith(scratch, "c1", mounts);
  const first = await share.shareContainer(container);
  const before = stateOf(scratch.hostDir);
  const again = await share.shareContainer(container);
  assert.deepEqual(again.mounts, first.mounts);
  assert.deepEqual([again.storages, again.rootPath], [first.storages, first.rootPath]);
  assert.deepEqual(stateOf(scratch.hostDir), before);
  const exclusive = containerWith(scratch, "c2", [bind(`${scratch.path}/d`, "rbind", "rnosuid")]);
  const random = digitsFor(exclusive, 7);
  await share.shareContainer(exclusive, { random });
  const with2 = stateOf(scratch.hostDir);
  await share.shareContainer(exclusive, { random });
  assert.deepEqual(stateOf(scratch.hostDir), with2);
});

mountTest("users are known to the next process, and go with the hub", async (scratch) => {
  const mounts = [bind(scratch.file("f"), "ro")];
  const share = scratch.share();
  await share.prepare();
  const before = [mountTable(), descriptors()];
  await shareAll(share, scratch, ["c1", "c2"], mounts);
  const worker = await Worker.start();
  const sandbox = scratch.sandbox();
  const calls = [["unshareContainer", { id: "c1" }]] as const;
  assert.deepEqual(await worker.obey({ sandbox, calls }), [{ end: "ok" }]);
  assertUsed(scratch);
  assert.deepEqual(Object.values(usersOf(scratch)), [["c2"]]);
  const third = [["shareContainer", containerWith(scratch, "c3", mounts)]] as const;
  assert.deepEqual(await worker.obey({ sandbox, calls: third }), [{ end: "ok" }]);
  assert.deepEqual(Object.values(usersOf(scratch)), [["c2", "c3"]]);
  const last = ["c2", "c3"].map((id) => ["unshareContainer", { id }] as const);
  assert.deepEqual(await worker.obey({ sandbox, calls: last }), [{ end: "ok" }, { end: "ok" }]);
  await worker.end();
  assert.deepEqual([mountTable(), descriptors()], before);
  assert.deepEqual(
    shapeBetween(scratch).filter((line) => line.includes("sandbox-")),
    [],
  );
  await shareAll(share, scratch, ["c4"], mounts);
  await share.cleanup();
  await share.prepare();
  assert.deepEqual(readdirSync(scratch.inSandbox("mounts")), []);
  assert.equal(mountsBelow(scratch.hostDir).length, 3);
});
