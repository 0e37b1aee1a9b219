import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { loadSync } from "../../mod.ts";
import { type FoundSandbox, type MountTable, predict, readMountinfo, recognise } from "../../table/mod.ts";
import { packageRoot } from "../support/package-root.ts";

// The texts of Kata are what its own code makes of three sandboxes each: `kata-go` by its functions, where /run is shared and
// where it is private, `kata-rs` by the mounts that its share_fs makes.
function kata(name: string): MountTable {
  const text = readFileSync(join(packageRoot, `tests/fixtures/tables/${name}.txt`));
  const { mounts, refused } = readMountinfo(text);
  assert.deepEqual(refused, []);
  return mounts;
}

function sharesOf({ shares }: FoundSandbox | undefined = {} as FoundSandbox): string[] {
  return shares.map(({ kind, container, label, source, attributes, isInView }) =>
    [
      kind,
      container ?? "-",
      label ?? "-",
      source.hostPath,
      ...attributes,
      isInView ? "in view" : "unseen",
    ].join(" "),
  );
}

function othersOf({ directory, others }: FoundSandbox | undefined = {} as FoundSandbox): string[] {
  return others.map(({ target }) => target.slice(directory.length + 1).replace(/[0-9a-f]{16}/, "*"));
}

const summary = (found: readonly FoundSandbox[]) =>
  found.map(({ id, layout, guard, hub, view }) =>
    [id, layout, guard ? "guard" : "", hub ? "hub" : "", view ? "view" : ""].filter(Boolean).join(" "),
  );

test("Kata's Go runtime, where mounts are shared: shares, a sandbox's bind mount, what a killed shim and a cleanup left", () => {
  const found = recognise(kata("kata-go-shared"));
  assert.deepEqual(summary(found), ["go1 kata-go view", "go2 kata-go view", "go3 kata-go"]);
  assert.deepEqual(sharesOf(found[0]), [
    "sandbox-mount - certs /run/src/certs ro in view",
    "root c1 - /run/src/c1 in view",
    "root c2 - /run/src/c2 in view",
    "own c1 hosts /run/src/hosts in view",
    "own c1 passwd /run/src/passwd ro in view",
    "own c2 data /run/src/dir ro in view",
  ]);
  assert.deepEqual(found.map(othersOf), [[], ["private/c9-*-left"], []]);
  assert.deepEqual(sharesOf(found[2]), ["own c1 hosts /run/src/hosts unseen"]);
});

test("Kata's Go runtime, where mounts are private: nothing reaches the view", () => {
  const found = recognise(kata("kata-go-private"));
  assert.deepEqual(summary(found), ["go1 kata-go view", "go2 kata-go view", "go3 kata-go"]);
  assert.ok(found.every(({ shares }) => shares.length > 0 && shares.every(({ isInView }) => !isInView)));
});

test("Kata's Rust runtime: volumes, roots, what is read-only in one place alone, and a view that is gone", () => {
  const found = recognise(kata("kata-rs"));
  assert.deepEqual(summary(found), ["rs1 kata-rs view", "rs2 kata-rs view", "rs3 kata-rs"]);
  assert.deepEqual(sharesOf(found[0]), [
    "sandbox-mount - certs /run/src/certs ro in view",
    "root c1 - /run/src/c1 in view",
    "together - hosts /run/src/hosts in view",
    "together - passwd /run/src/passwd ro in view",
    "together - dir /run/src/dir nosuid nodev in view",
  ]);
  const [share] = found[1]?.shares ?? [];
  assert.deepEqual([share?.attributes, share?.viewMount?.attributes], [["ro"], []]);
  assert.deepEqual(found.flatMap(othersOf), []);
});

test("unique ids of mounts tell the same as small ones", () => {
  const mounts = kata("kata-rs");
  const unique = mounts.map((one) => ({ ...one, id: one.id + 2 ** 33, parent: one.parent + 2 ** 33 }));
  const [found, large] = [recognise(mounts), recognise(unique)];
  assert.ok(found.length > 0);
  assert.deepEqual(large.map(sharesOf), found.map(sharesOf));
  assert.deepEqual(large.map(othersOf), found.map(othersOf));
});

test("only those of one directory are found where it is given", () => {
  const hostDir = "/run/kata-containers/shared/sandboxes";
  assert.equal(recognise(kata("kata-rs"), { hostDir }).length, 3);
  assert.deepEqual(recognise(kata("kata-rs"), { hostDir: "/run/kata-containers/shared" }), []);
});

const core = loadSync();
const sandbox = { id: "s1", hostDir: "/elsewhere", sandboxBindMounts: ["/etc/certs"] };
const host = readMountinfo(
  [
    "1 0 254:0 / / rw,relatime - ext4 /dev/vda rw",
    "2 1 0:9 / /data rw,relatime - tmpfs t rw",
    "3 2 0:10 / /data/below rw,noexec,relatime - tmpfs t rw",
    "4 1 0:9 /sub /again rw,relatime - tmpfs t rw",
    "5 1 0:11 / /hidden rw,relatime - tmpfs t rw",
    "6 5 0:12 / /hidden/under rw,relatime - tmpfs t rw",
    "7 1 0:13 / /hidden rw,relatime - tmpfs t rw",
  ].join("\n"),
).mounts;

function prepared(...mounts: { source: string; options?: string[] }[]): MountTable {
  const rootFs = { target: "/image" };
  const container = { id: "c1", rootFs, mounts: mounts.map((one) => ({ destination: one.source, ...one })) };
  const random = mounts.map((_, at) => at.toString(16).padStart(16, "0"));
  const plans = [
    core.plan({ op: "prepare", sandbox }),
    core.plan({ op: "shareContainer", sandbox, container, random }),
  ];
  return predict(host, plans).mounts;
}

test("a sandbox of this library, with users, mounts below, and the host's paths", () => {
  const table = prepared({ source: "/data", options: ["rbind", "ro"] }, { source: "/data/sub/x" });
  const name = "/elsewhere/s1/mounts/sandbox-0000000000000000-data";
  const [found, ...more] = recognise(table, { users: { [name]: ["c1", "c2"] } });
  assert.deepEqual(more, []);
  assert.deepEqual(summary([found as FoundSandbox]), ["s1 guestshare guard hub view"]);
  assert.deepEqual(sharesOf(found), [
    "sandbox-mount - certs /etc/certs ro in view",
    "root c1 - /image in view",
    "together - data /data ro in view",
    "together - x /data/sub/x in view",
  ]);
  const data = found?.shares.find(({ label }) => label === "data");
  assert.deepEqual(data?.users, ["c1", "c2"]);
  assert.deepEqual(data?.below, [{ relative: "below", filesystem: "tmpfs", attributes: ["ro", "noexec"] }]);
  assert.deepEqual(othersOf(found), []);
});

test("a source that is mounted nowhere else any more, or is hidden, has no path of the host's", () => {
  const without = prepared({ source: "/hidden" }).filter(({ id }) => id !== 7 && id !== 5);
  const [share] = recognise(without)[0]?.shares.filter(({ kind }) => kind === "together") ?? [];
  assert.equal(share?.source.hostPath, undefined);
});

test("a source that was removed is told", () => {
  const table = prepared({ source: "/data/x" }).map((one) =>
    one.root === "/x" ? { ...one, root: "/x//deleted" } : one,
  );
  const share = recognise(table)[0]?.shares.find(({ kind }) => kind === "together");
  assert.equal(share?.source.isDeleted, true);
});

test("a guard alone is a sandbox by its place, and what strangers mount is none of its shares", () => {
  const [guard, ...rest] = prepared().filter(({ target }) => target.startsWith("/elsewhere"));
  assert.ok(guard && rest.length > 0);
  assert.deepEqual(recognise([...host, guard]), []);
  assert.deepEqual(summary(recognise([...host, guard], { hostDir: "/elsewhere" })), ["s1 guestshare guard"]);
  const hub = rest.find(({ target }) => target.endsWith("/mounts"));
  const stranger = {
    ...(host[1] as (typeof host)[number]),
    id: 500,
    parent: hub?.id ?? 0,
    target: "/elsewhere/s1/mounts/odd",
  };
  const over = { ...stranger, id: 501, parent: guard.id, target: "/elsewhere/s1/staging" };
  const [found] = recognise([...host, guard, ...rest, stranger, over]);
  assert.deepEqual(othersOf(found), ["staging"]);
  assert.equal(found?.shares.find(({ name }) => name === "odd")?.kind, "unknown");
});

test("a container's id may look like a share's name, and a label may have digits", () => {
  const table = prepared();
  const hub = table.find(({ target }) => target === "/elsewhere/s1/mounts");
  const named = (name: string) => {
    const mount = {
      ...(host[1] as (typeof host)[number]),
      id: 500,
      parent: hub?.id ?? 0,
      target: `${hub?.target}/${name}`,
    };
    const share = recognise([...table, mount])[0]?.shares.find((one) => one.name === name);
    return [
      share?.kind,
      share?.container,
      share?.label,
      ...(share?.place === undefined ? [] : [share.place]),
    ];
  };
  assert.deepEqual(named("a-b-0011223344556677-x"), ["own", "a-b", "x"]);
  assert.deepEqual(named("c-0011223344556677-8899aabbccddeeff-x"), ["own", "c", "8899aabbccddeeff-x"]);
  assert.deepEqual(named("sandbox-0011223344556677-x"), ["together", undefined, "x"]);
  assert.deepEqual(named("c1-0011223344556677-"), ["own", "c1", ""]);
  assert.deepEqual(named("c1/rootfs"), ["root", "c1", undefined]);
  assert.deepEqual(named("c1/snapshotdir"), ["snapshot", "c1", undefined]);
  assert.deepEqual(named("what"), ["unknown", undefined, undefined]);
  assert.deepEqual(named("machine%2Fetc%2Fa%20b%25"), ["placed", "machine", "a b%", "/etc/a b%"]);
  assert.deepEqual(named("c-01234567-x%2Fd"), ["placed", "c-01234567-x", "d", "/d"]);
  assert.deepEqual(named("c%2Fd-0011223344556677-x"), [
    "placed",
    "c",
    "d-0011223344556677-x",
    "/d-0011223344556677-x",
  ]);
  // A container of this id has no such share: the name is that of a share that containers have together.
  assert.deepEqual(named("sandbox-0011223344556677-a%2Fb"), ["together", undefined, "a%2Fb"]);
  for (const name of [
    "%2Fa",
    "c%2F",
    "c%2fa",
    "c%2Fa%",
    "c%2Fa%2",
    "c%2Fa%GG",
    "c%2Fa%FF",
    "c%41",
    "c%2Fa/b",
  ])
    assert.equal(named(name)[0], "unknown", name);
});
