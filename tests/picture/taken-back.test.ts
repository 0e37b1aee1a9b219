import assert from "node:assert/strict";
import { test } from "node:test";
import { loadSync, type PlanRequest, type RequestOf } from "../../mod.ts";
import { type Picture, pictureOfPlans } from "../../picture/mod.ts";

// What is drawn of what a later plan takes back, and of roots that the guest makes read-only.

const core = loadSync();
const sandbox = { id: "s1" };

const container = (id: string, readonlyRootfs = false) => ({
  id,
  ...{ rootFs: { target: `/run/${id}` }, readonlyRootfs },
  mounts: [{ source: `/srv/${id}`, destination: "/data", options: ["bind"] }],
});

const shares = (id: string, digit: string): RequestOf<"shareContainer"> => ({
  op: "shareContainer",
  sandbox,
  container: container(id),
  random: [digit.repeat(16)],
});

function pictureAfter(...requests: readonly PlanRequest[]): Picture {
  return pictureOfPlans(requests.map((request) => ({ request, plan: core.plan(request as never) })));
}

const labels = (picture: Picture, column: "host" | "hub" | "guest") =>
  picture.columns[column].map(({ label, traits }) => [label, ...traits].join(" "));

test("after a cleanup the picture has nothing but what it took back, and a later prepare makes it anew", () => {
  const made = [{ op: "prepare", sandbox } as const, shares("c1", "0")];
  const after = pictureAfter(...made, { op: "cleanup", sandbox });
  assert.deepEqual(labels(after, "guest"), []);
  assert.deepEqual(labels(after, "host"), []);
  assert.deepEqual(after.curves, []);
  assert.deepEqual(labels(after, "hub"), [
    "s1 removed",
    "shared removed",
    "mounts removed",
    "staging removed",
  ]);
  const again = pictureAfter(...made, { op: "cleanup", sandbox }, { op: "prepare", sandbox });
  assert.deepEqual(labels(again, "hub"), ["s1", "shared", "mounts", "staging removed"]);
});

test("a container that is taken back is gone from the guest, its shares are removed, and the others stay", () => {
  const held = [{ name: "sandbox-0000000000000000-c1", attributes: [], mode: 0o700, users: ["c1"] }];
  const picture = pictureAfter(shares("c1", "0"), shares("c2", "1"), {
    ...{ op: "unshareContainer", sandbox, held },
    container: container("c1"),
  });
  assert.deepEqual(labels(picture, "guest"), ["s1", "c2", "/ read-write", "/data read-write"]);
  const hub = labels(picture, "hub");
  assert.ok(hub.includes("sandbox-0000000000000000-c1 read-write removed"), hub.join("\n"));
  assert.ok(hub.includes("sandbox-1111111111111111-c2 read-write"), hub.join("\n"));
  assert.equal(picture.curves.length, 4);
});

test("a root says how the guest gets it, and that a read-only one may be of a share that is not", () => {
  const whyOf = (readonlyRootfs: boolean) => {
    const request = { ...shares("c1", "0"), container: container("c1", readonlyRootfs) };
    return pictureAfter(request).columns.guest.find(({ kind }) => kind === "root")?.details.why;
  };
  assert.equal(whyOf(false), "The guest sees the host's own directory, and the container may write to it.");
  assert.match(
    whyOf(true) ?? "",
    /the guest makes it read-only for the container; the share itself is writable by the guest's kernel/,
  );
});
