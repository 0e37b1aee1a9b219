import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type Picture, pictureOfTable, svgOf } from "../../picture/mod.ts";
import { auditTable, type MountTable, readMountinfo, recognise } from "../../table/mod.ts";
import { packageRoot } from "../support/package-root.ts";
import { assertWhole } from "../support/picture/assert-whole.ts";
import { columnLines, rowsOf } from "../support/picture/lines.ts";

// The tables are what Kata's own runtimes make: see tests/table/recognise.test.ts.

const textOf = (name: string) => readFileSync(join(packageRoot, `tests/fixtures/tables/${name}.txt`), "utf8");
const mountsOf = (text: string): MountTable => readMountinfo(text).mounts;
const drawn = (mounts: MountTable) => pictureOfTable(recognise(mounts), auditTable(mounts));

const wrong = (picture: Picture) =>
  rowsOf(picture).flatMap(({ column, label, details }) =>
    details.findings.map(({ code }) => `${column} ${label}: ${code}`),
  );

test("sandboxes of Kata's Rust runtime: sources, shares, and what each container sees", () => {
  const picture = drawn(mountsOf(textOf("kata-rs")));
  assertWhole(picture);
  assert.deepEqual(columnLines(picture), [
    "# host",
    "/run/src [directory]",
    "  certs [source]",
    "  c1 [source]",
    "  hosts [source]",
    "  passwd [source]",
    "  dir [source]",
    "# hub",
    "rs1 [sandbox]",
    "  rw/passthrough [hub]",
    "    sandbox-mounts/certs [share bound r]",
    "    c1/rootfs [share bound w]",
    "    sandbox-0a1b2c3d-hosts [share bound w]",
    "    sandbox-4e5f6a7b-passwd [share bound r]",
    "    sandbox-8c9d0e1f-dir [share bound w]",
    "  ro [view]",
    "rs2 [sandbox]",
    "  rw/passthrough [hub]",
    "    sandbox-11223344-passwd [share bound r]",
    "  ro [view]",
    "rs3 [sandbox]",
    "  rw/passthrough [hub]",
    "    sandbox-55667788-hosts [share bound w]",
    "# guest",
    "rs1 [sandbox]",
    "  certs [mount bound r]",
    "  c1 [container]",
    "    / [root bound w]",
    "  hosts [mount bound w]",
    "  passwd [mount bound r]",
    "  dir [mount bound w]",
    "rs2 [sandbox]",
    "  passwd [mount bound w]",
    "rs3 [sandbox]",
  ]);
  assert.deepEqual(wrong(picture), ["hub rs3: no-view", "guest passwd: weaker-in-view"]);
});

test("sandboxes of Kata's Go runtime where mounts are private: shares lead nowhere, and say so", () => {
  const picture = drawn(mountsOf(textOf("kata-go-private")));
  assertWhole(picture);
  assert.deepEqual(
    picture.columns.guest.map(({ label }) => label),
    ["go1", "go2", "go3"],
  );
  const unseen = picture.columns.hub.filter(({ kind }) => kind === "share");
  assert.ok(unseen.length >= 6);
  assert.equal(wrong(picture).filter((one) => one.endsWith("unseen-share")).length, 6);
  assert.ok(wrong(picture).some((one) => /^hub private\/c9-[0-9a-f]{16}-left: stray-mount$/.test(one)));
});

test("containers that share a mount each have a row of it, and submounts are below the share", () => {
  const mounts = mountsOf(
    [
      "1 0 254:0 / / rw,relatime - ext4 /dev/vda rw",
      "2 1 0:40 / /s/s1/mounts rw,nosuid,nodev,noexec,relatime shared:1 - tmpfs guestshare rw",
      "3 1 0:40 / /s/s1/shared ro,nosuid,nodev,noexec,relatime master:1 - tmpfs guestshare rw",
      "4 2 254:0 /d /s/s1/mounts/sandbox-0011223344556677-d ro,relatime - ext4 /dev/vda rw",
      "5 4 0:41 / /s/s1/mounts/sandbox-0011223344556677-d/a/b rw,relatime - tmpfs t rw",
      "6 3 254:0 /d /s/s1/shared/sandbox-0011223344556677-d ro,relatime - ext4 /dev/vda rw",
      "7 2 7:0 / /s/s1/mounts/c1-0011223344556678-x rw,relatime - ext4 /dev/loop0 rw",
      "8 2 254:0 /y /s/s1/mounts/c1-0011223344556678-x ro,relatime - ext4 /dev/vda rw",
      "",
    ].join("\n"),
  );
  const users = { "/s/s1/mounts/sandbox-0011223344556677-d": ["c1", "c2"] };
  const picture = pictureOfTable(recognise(mounts, { users }));
  assertWhole(picture);
  assert.deepEqual(columnLines(picture), [
    "# host",
    "/d [source]",
    "/y [source]",
    "ext4 7:0 / [source]",
    "# hub",
    "s1 [sandbox]",
    "  mounts [hub]",
    "    sandbox-0011223344556677-d [share bound r+]",
    "      a/b [submount w]",
    "    c1-0011223344556678-x [share bound w×]",
    "    c1-0011223344556678-x [share bound r]",
    "  shared [view]",
    "# guest",
    "s1 [sandbox]",
    "  c1 [container]",
    "    d [mount bound r]",
    "  c2 [container]",
    "    d [mount bound r]",
  ]);
});

/** A table of as many sandboxes of both of Kata's runtimes as were asked for, each with what the runtime made of one. */
function manySandboxes(count: number): MountTable {
  const [go, rs] = [textOf("kata-go-shared"), textOf("kata-rs")].map((text) => text.trimEnd().split("\n"));
  const lines: string[] = [...(go ?? []).filter((line) => !line.includes("/sandboxes/"))];
  for (let at = 0; at < count; at += 1) {
    const [own, name] = at % 2 === 0 ? [go ?? [], "go1"] : [rs ?? [], "rs1"];
    const root = own.find((line) => / \/run rw/.test(line))?.split(" ")[0];
    const number = (id: string) => (id === root ? "7034" : String(10_000 + 1000 * at + (Number(id) % 1000)));
    for (const line of own.filter((one) => one.includes(`/sandboxes/${name}/`))) {
      const [id = "", parent = "", , ...rest] = line.split(" ");
      lines.push(
        [number(id), number(parent), "0:47", ...rest].join(" ").replaceAll(`/${name}/`, `/pod${at}/`),
      );
    }
  }
  return mountsOf(`${lines.join("\n")}\n`);
}

test("four hundred sandboxes of both of Kata's runtimes are drawn, each as if it were alone", () => {
  const mounts = manySandboxes(400);
  const found = recognise(mounts);
  assert.equal(found.length, 400);
  assert.deepEqual([...new Set(found.map(({ layout }) => layout))].sort(), ["kata-go", "kata-rs"]);
  const picture = pictureOfTable(found, auditTable(mounts));
  assertWhole(picture);
  const sandboxes = picture.columns.guest.filter(({ kind }) => kind === "sandbox");
  assert.equal(sandboxes.length, 400);
  const shares = found.flatMap((one) => one.shares);
  assert.equal(picture.columns.hub.filter(({ kind }) => kind === "share").length, shares.length);
  assert.equal(picture.curves.length, 2 * shares.length);
  // All of them have their files from the same few places.
  assert.ok(picture.columns.host.length < 10);
  const alone = pictureOfTable(found.filter(({ id }) => id === "pod7"));
  const ofPod = picture.columns.hub.filter(({ path }) => /\/pod7(?:\/|$)/.test(path ?? ""));
  assert.deepEqual(
    ofPod.map(({ label, depth, traits }) => [label, depth, traits]),
    alone.columns.hub.map(({ label, depth, traits }) => [label, depth, traits]),
  );
  assert.equal(svgOf(picture).match(/<path /g)?.length, picture.curves.length);
});
