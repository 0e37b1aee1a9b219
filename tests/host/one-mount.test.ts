import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, renameSync } from "node:fs";
import type { Mount } from "../../ffi/mod.ts";
import { mountsBelow } from "../support/mounts.ts";
import {
  assertUsed,
  containerWith,
  digitsFor,
  mountedTogether,
  shapeBetween,
  shareAll,
  usersOf,
} from "../support/sandbox/together.ts";
import { Worker } from "../support/sandbox/worker.ts";
import { mountTest } from "../support/scratch.ts";
import { descriptors, mountTable, stateOf } from "../support/state.ts";

const bind = (source: string, ...options: string[]): Mount => ({
  ...{ source, destination: "/x", type: "bind", options: ["bind", ...options] },
});

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

mountTest("a path that leads to another file by now is another source", async (scratch) => {
  const source = scratch.file("f", "old");
  const share = scratch.share();
  await share.prepare();
  await shareAll(share, scratch, ["c1", "c2"], [bind(source)]);
  assert.equal(mountedTogether(scratch).length, 1);
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

mountTest("sources with odd names are shared once, and their users known", async (scratch) => {
  const share = scratch.share();
  await share.prepare();
  const names = [
    "a b",
    'quote"',
    "back\\slash",
    "line\nfeed",
    "tab\t",
    "\u00fc",
    "\u{1f600}",
    "-",
    ".hidden",
    "x".repeat(255),
    "\u00fc".repeat(127),
  ];
  const mounts = names.map((name, i) => ({
    ...bind(scratch.file(`odd/${name}`, name)),
    destination: `/${i}`,
  }));
  for (const id of ["c1", "c2"]) {
    const { outcomes } = await share.shareContainer(containerWith(scratch, id, mounts));
    const seen = outcomes.map(({ shared }) => readFileSync(shared?.hostPath as string, "utf8"));
    assert.deepEqual(seen, names);
  }
  assert.deepEqual(
    Object.values(usersOf(scratch)),
    names.map(() => ["c1", "c2"]),
  );
  for (const id of ["c1", "c2"]) await share.unshareContainer({ id });
  assert.deepEqual(usersOf(scratch), {});
  assert.equal(mountsBelow(scratch.hostDir).length, 3);
});

mountTest("sharing a container again changes nothing", async (scratch) => {
  const share = scratch.share();
  await share.prepare();
  scratch.directory("d/below");
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
