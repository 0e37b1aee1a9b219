import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { loadSync } from "../../mod.ts";
import {
  auditTable,
  differ,
  type MountEntry,
  predict,
  readMountinfo,
  recognise,
  tableLines,
} from "../../table/mod.ts";
import { rounds } from "../support/sample.ts";

// Tables that no kernel has: mounts that hang below each other in a circle, several at one place, groups without sense.

const directory = "/run/kata-containers/shared/sandboxes/s1";
const name = "c1-0011223344556677-x";
const target = fc.constantFrom(
  ...["/", "/a", "/a/b", "/run", directory, `${directory}/mounts`, `${directory}/shared`, `${directory}/ro`],
  ...[
    `${directory}/mounts/${name}`,
    `${directory}/shared/${name}`,
    `${directory}/private/${name}`,
    "/a/\udcff",
  ],
);
const attributes = fc.subarray(["ro", "nosuid", "nodev", "noexec"] as const);
const mount: fc.Arbitrary<MountEntry> = fc.record({
  id: fc.nat(12),
  parent: fc.nat(12),
  device: fc.constantFrom("0:1", "0:2", "+1"),
  root: fc.oneof(target, fc.constantFrom("net:[1]", "/x//deleted")),
  target,
  filesystem: fc.constantFrom("tmpfs", "ext4", "proc"),
  source: fc.constantFrom("guestshare", "t", ""),
  attributes,
  peerGroup: fc.nat(3),
  master: fc.nat(3),
  isUnbindable: fc.boolean(),
});

const core = loadSync();
const sandbox = { id: "s1" };
const share = { source: "/a", destination: "/x", options: ["rbind", "ro"] };
const plans = [
  core.plan({ op: "prepare", sandbox }),
  core.plan({ op: "shareFile", sandbox, container: { id: "c1" }, mount: share, random: "0011223344556677" }),
];
const cleanup = core.plan({ op: "cleanup", sandbox });

test("whatever a table says, each question has an answer, and none of them changes it", () => {
  fc.assert(
    fc.property(fc.array(mount, { maxLength: 14 }), (table) => {
      const before = JSON.stringify(table);
      const { mounts, failures } = predict(table, [...plans, cleanup]);
      assert.ok(mounts.length <= table.length + 20 && failures.length <= cleanup.steps.length + 2);
      for (const { others, shares } of recognise(table))
        assert.ok(others.length + shares.length <= table.length);
      for (const { why, target } of auditTable(table)) assert.ok(why !== "" && target.startsWith("/"));
      assert.ok(differ(table, plans).length <= table.length + 10);
      assert.ok(tableLines(table).length <= table.length);
      assert.equal(JSON.stringify(table), before);
    }),
    { numRuns: rounds(20_000, 1_000) },
  );
});

test("names of objects' own are names like others", () => {
  const text = `1 0 0:1 / / rw - tmpfs t rw\n2 1 0:1 / /__proto__ rw - tmpfs constructor rw\n`;
  const { mounts } = readMountinfo(text);
  assert.equal(predict(mounts, plans, { realPaths: JSON.parse('{"__proto__": "/x"}') }).failures.length, 0);
  assert.deepEqual(recognise(mounts, { users: JSON.parse('{"__proto__": ["c"]}') }), []);
});
