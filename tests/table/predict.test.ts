import assert from "node:assert/strict";
import { test } from "node:test";
import { loadSync, type Plan, type Sandbox } from "../../mod.ts";
import { type MountTable, predict, readMountinfo, tableLines } from "../../table/mod.ts";

// Tables before and after, as the kernel has them. That the kernel does so is held by tests/host/predicted-tables.test.ts; here
// stands what each rule is.

const core = loadSync();
const sandbox: Sandbox = { id: "s1", hostDir: "/s" };
const directory = "/s/s1";

/** Mounts from lines without "ID PARENT DEVICE" of tmpfs: `table("1 0 0:1 / / shared:1")`. */
function table(...lines: string[]): MountTable {
  const whole = lines.map((line) => {
    const [id, parent, device, root, target, ...rest] = line.split(" ");
    const words = rest.filter(
      (word) => !word.includes(":") && word !== "unbindable" && !word.startsWith("fs="),
    );
    const propagation = rest.filter((word) => word.includes(":") || word === "unbindable");
    const filesystem = rest.find((word) => word.startsWith("fs="))?.slice(3) ?? "tmpfs";
    return [
      id,
      parent,
      device,
      root,
      target,
      ["rw", "relatime", ...words].join(),
      ...propagation,
      "-",
      filesystem,
      "t",
      "rw",
    ].join(" ");
  });
  const { mounts, refused } = readMountinfo(whole.join("\n"));
  assert.deepEqual(refused, []);
  return mounts;
}

function bindPlan(source: string, options: string[], random = "0000000000000000"): Plan {
  const mount = { source, destination: source, options };
  return core.plan({ op: "shareFile", sandbox, container: { id: "c" }, mount, random });
}

const prepare = core.plan({ op: "prepare", sandbox });
const cleanup = core.plan({ op: "cleanup", sandbox });
const hub = "/s/s1/mounts";
const view = "/s/s1/shared";
const name = "c-0000000000000000-";

/** What is below the sandbox's directory and elsewhere, but the host's first mount: "TARGET ROOT attributes propagation". */
function seen(mounts: MountTable): string[] {
  return tableLines(mounts)
    .slice(1)
    .map((line) =>
      line
        .replace(/^\d+ on \d+: /, "")
        .replace(/ device \d+/, "")
        .replace(/ (?:tmpfs|ext4) (?:t|guestshare)/, ""),
    );
}

test("guard, hub and view", () => {
  assert.deepEqual(seen(predict(table("1 0 0:1 / /"), [prepare]).mounts), [
    "/s/s1 /s/s1 unbindable",
    "/s/s1/mounts / nosuid nodev noexec shared:1",
    "/s/s1/shared / ro nosuid nodev noexec master:1",
  ]);
});

test("a guard on a shared mount is copied to the peers, where it stays shared", () => {
  const host = table(
    "1 0 0:1 / / shared:1",
    "2 1 0:1 / /peer shared:1",
    "3 1 0:1 /other /not-there shared:1",
  );
  assert.deepEqual(seen(predict(host, [prepare]).mounts), [
    "/not-there /other shared:1",
    "/peer / shared:1",
    "/peer/s/s1 /s/s1 shared:2",
    "/s/s1 /s/s1 unbindable",
    "/s/s1/mounts / nosuid nodev noexec shared:3",
    "/s/s1/shared / ro nosuid nodev noexec master:3",
  ]);
});

test("a guard's copy on a slave follows nothing any more, and on a shared slave has peers of its own", () => {
  const host = table(
    "1 0 0:1 / / shared:1",
    "2 1 0:1 / /slave master:1",
    "3 1 0:1 / /both shared:2 master:1",
  );
  const found = seen(predict(host, [prepare]).mounts);
  assert.ok(found.includes("/slave/s/s1 /s/s1"), found.join("\n"));
  assert.ok(found.includes("/both/s/s1 /s/s1 shared:3"), found.join("\n"));
});

test("a copy goes beneath what is mounted in its place already", () => {
  const host = table("1 0 0:1 / / shared:1", "2 1 0:1 / /slave master:1", "3 2 0:9 / /slave/s/s1");
  const { mounts } = predict(host, [prepare]);
  const copy = mounts.find(({ target, device }) => target === "/slave/s/s1" && device === "0:1");
  const covering = mounts.find(({ device }) => device === "0:9");
  assert.deepEqual([copy?.parent, covering?.parent], [2, copy?.id]);
});

test("cleanup of it all leaves what there was", () => {
  const host = table("1 0 0:1 / / shared:1", "2 1 0:1 / /peer shared:1", "3 1 0:1 / /slave master:1");
  const { mounts, failures } = predict(host, [prepare, bindPlan("/file", ["ro"]), cleanup]);
  assert.deepEqual(tableLines(mounts), tableLines(host));
  assert.deepEqual(failures, []);
});

for (const [what, options, expected] of [
  ["without its mounts", ["bind", "ro"], ["file-system ro"]],
  [
    "with its mounts, each with its own attributes",
    ["rbind"],
    ["file-system", "file-system/a noexec", "file-system/a/b"],
  ],
  [
    "read-only on all levels",
    ["rbind", "ro"],
    ["file-system ro", "file-system/a ro noexec", "file-system/a/b ro"],
  ],
  [
    "with an attribute of the top alone",
    ["rbind", "nosuid"],
    ["file-system nosuid", "file-system/a noexec", "file-system/a/b"],
  ],
  [
    "with an attribute of all levels",
    ["rbind", "rnosuid"],
    ["file-system nosuid", "file-system/a nosuid noexec", "file-system/a/b nosuid"],
  ],
] as const) {
  test(`a directory is shared ${what}`, () => {
    const source = "/file-system";
    const host = table(
      "1 0 0:1 / /",
      `2 1 0:2 / ${source}/a noexec`,
      `3 2 0:3 / ${source}/a/b`,
      `4 1 0:4 / ${source}2`,
    );
    const { mounts } = predict(host, [prepare, bindPlan(source, [...options])]);
    const shares = seen(mounts).filter((line) => line.startsWith(`${hub}/`));
    const lines = shares.map((line) =>
      line
        .replace(`${hub}/${name}`, "")
        .replace(/ shared:\d+$/, "")
        .replace(/ \/\S*/, ""),
    );
    assert.deepEqual(lines, expected);
    const inView = seen(mounts).filter((line) => line.startsWith(`${view}/`));
    assert.deepEqual(
      inView.map((line) => line.replace(view, hub).replace("master:", "shared:")),
      shares,
    );
  });
}

test("unbindable mounts below a source are left out, and those of the kernel's own", () => {
  const host = table(
    ...["1 0 0:1 / /", "2 1 0:2 / /d/a unbindable", "3 2 0:3 / /d/a/b", "4 1 0:4 / /d/proc fs=proc"],
    ...["5 4 0:5 / /d/proc/inner", "6 1 0:6 / /d/kept"],
  );
  const { mounts } = predict(host, [prepare, bindPlan("/d", ["rbind"])]);
  const shares = mounts.filter(({ target }) => target.startsWith(`${hub}/`)).map(({ target }) => target);
  assert.deepEqual(shares, [`${hub}/${name}d`, `${hub}/${name}d/kept`]);
});

test("a link's real path is given, of a source and of the sandbox's directory", () => {
  const host = table("1 0 0:1 / /", "2 1 0:2 / /data");
  const realPaths = { "/link": "/data/x", "/s": "/data/s" };
  const { mounts } = predict(host, [prepare, bindPlan("/link/y", [])], { realPaths });
  const share = mounts.find(({ target }) => target === `/data/s/s1/mounts/${name}y`);
  assert.deepEqual([share?.device, share?.root], ["0:2", "/x/y"]);
});

for (const [what, host, plans, reason] of [
  ["the sandbox is not prepared", ["1 0 0:1 / /"], [bindPlan("/f", [])], "not-prepared"],
  [
    "something else is mounted on the sandbox's directory",
    ["1 0 0:1 / /", "2 1 0:2 / /s/s1"],
    [prepare],
    "taken",
  ],
  [
    "something else is mounted where the hub goes",
    ["1 0 0:1 / /", "2 1 0:1 /s/s1 /s/s1 unbindable", "3 2 0:2 / /s/s1/mounts"],
    [prepare],
    "taken",
  ],
  ["the directory is on an unbindable mount", ["1 0 0:1 / / unbindable"], [prepare], "unbindable"],
  [
    "the source is on an unbindable mount",
    ["1 0 0:1 / /", "2 1 0:2 / /u unbindable"],
    [prepare, bindPlan("/u/x", [])],
    "unbindable",
  ],
  [
    "the source is the kernel's",
    ["1 0 0:1 / /", "2 1 0:2 / /p fs=proc"],
    [prepare, bindPlan("/p/x", [])],
    "kernel-filesystem",
  ],
  ["the source is in a sandbox", ["1 0 0:1 / /"], [prepare, bindPlan("/s/s1/mounts", [])], "in-sandbox"],
  [
    "another share has the name",
    ["1 0 0:1 / /"],
    [prepare, bindPlan("/a/f", []), bindPlan("/b/f", [])],
    "taken",
  ],
  ["no mount has the directory", ["1 0 0:1 / /elsewhere"], [prepare], "unknown-place"],
] as const) {
  test(`a plan that adds changes nothing where ${what}`, () => {
    const before = predict(table(...host), plans.slice(0, -1));
    const { mounts, failures } = predict(table(...host), plans);
    assert.deepEqual(before.failures, []);
    assert.deepEqual(
      failures.map((one) => [one.plan, one.reason]),
      [[plans.length - 1, reason]],
    );
    assert.deepEqual(tableLines(mounts), tableLines(before.mounts));
  });
}

test("a view that is gone lets nothing more be shared", () => {
  const { mounts } = predict(table("1 0 0:1 / /"), [prepare]);
  const without = mounts.filter(({ target }) => target !== view);
  assert.equal(predict(without, [bindPlan("/f", [])]).failures[0]?.reason, "no-view");
});

test("what is there already is made by no second plan", () => {
  const once = predict(table("1 0 0:1 / / shared:1"), [prepare, bindPlan("/f", ["ro"])]).mounts;
  const twice = predict(once, [prepare, bindPlan("/f", ["ro"])]);
  assert.deepEqual(twice.failures, []);
  assert.deepEqual(tableLines(twice.mounts), tableLines(once));
});

test("a guard that somebody made shared is private again with the next share", () => {
  const once = predict(table("1 0 0:1 / /"), [prepare]).mounts;
  const shared = once.map((one) =>
    one.target === directory ? { ...one, isUnbindable: false, peerGroup: 70 } : one,
  );
  const guard = predict(shared, [bindPlan("/f", [])]).mounts.find(({ target }) => target === directory);
  assert.deepEqual([guard?.isUnbindable, guard?.peerGroup], [true, 0]);
});

test("a step that fails undoes a plan that adds, and is left out of one that removes", () => {
  const host = table("1 0 0:1 / /");
  const last = prepare.steps.length - 1;
  const half = predict(host, [{ ...prepare, failsAt: last }]);
  assert.deepEqual(tableLines(half.mounts), tableLines(host));
  assert.deepEqual(half.failures, [{ plan: 0, step: last, reason: "given" }]);
  const stuck = predict(host, [prepare, { ...cleanup, failsAt: 0 }]).mounts;
  assert.deepEqual(seen(stuck), ["/s/s1 /s/s1 unbindable"]);
});

test("what somebody mounted over a share's copy in the view stays, in the copy's place", () => {
  const shared = predict(table("1 0 0:1 / /"), [prepare, bindPlan("/f", [])]).mounts;
  const copy = shared.find(({ target }) => target === `${view}/${name}f`);
  const over = {
    ...(copy as (typeof shared)[number]),
    id: 900,
    parent: copy?.id ?? 0,
    device: "0:9",
    master: 0,
  };
  const unshare = core.plan({
    op: "unshareFile",
    sandbox,
    container: { id: "c" },
    mount: { source: "/f", destination: "/f", hostPath: `${hub}/${name}f` },
  });
  const left = predict([...shared, over], [unshare]).mounts.filter(({ target }) => target.endsWith("f"));
  const viewId = shared.find(({ target }) => target === view)?.id;
  assert.deepEqual(
    left.map(({ device, parent }) => [device, parent]),
    [["0:9", viewId]],
  );
});

test("a table that goes round in a circle, or has no root, is gone through all the same", () => {
  const circle = table("1 2 0:1 / /a", "2 1 0:2 / /a/b", "3 3 0:3 / /c");
  const { mounts, failures } = predict(circle, [prepare]);
  const byId = (one: { id: number }, other: { id: number }) => one.id - other.id;
  assert.deepEqual(mounts.toSorted(byId), circle);
  assert.equal(failures[0]?.reason, "unknown-place");
});
