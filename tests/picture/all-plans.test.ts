import assert from "node:assert/strict";
import { test } from "node:test";
import { loadSync, type Plan, type PlanRequest } from "../../mod.ts";
import { type Picture, pictureOfPlans } from "../../picture/mod.ts";
import { fixtureFiles, readRows } from "../support/fixtures/fixtures.ts";
import { assertWhole } from "../support/picture/assert-whole.ts";
import { rowsOf } from "../support/picture/lines.ts";

// What holds for the picture of every plan of the fixtures.

const core = loadSync();

const plans: { request: PlanRequest; plan: Plan }[] = fixtureFiles.flatMap((file) =>
  readRows(file).flatMap((row) => {
    if (typeof row === "string" || !("plan" in row) || !("request" in row)) return [];
    const request = row.request as unknown as PlanRequest;
    return [{ request, plan: core.plan(request) }];
  }),
);

const texts = (values: Iterable<unknown>) => Array.from(values, (value) => JSON.stringify(value)).sort();
const detailsOf = (picture: Picture) => rowsOf(picture).map(({ details }) => details);

test("the pictures of all plans are whole, and the same each time", () => {
  assert.ok(plans.length > 300, `${plans.length} plans`);
  for (const plan of plans) {
    const picture = pictureOfPlans([plan]);
    assertWhole(picture);
    assert.equal(JSON.stringify(pictureOfPlans([structuredClone(plan)])), JSON.stringify(picture));
  }
});

test("each step of a plan is at one row", () => {
  for (const { request, plan } of plans) {
    const placed = detailsOf(pictureOfPlans([{ request, plan }])).flatMap(({ steps }) => steps);
    assert.deepEqual(texts(placed), texts(plan.steps));
  }
});

test("each storage of a plan is at one row of the agent's", () => {
  for (const { request, plan } of plans) {
    const rows = rowsOf(pictureOfPlans([{ request, plan }])).filter(({ kind }) => kind === "storage");
    const storages = [...(plan.storages ?? []), ...(plan.shared?.storages ?? [])];
    assert.deepEqual(texts(rows.flatMap(({ details }) => details.storages)), [...new Set(texts(storages))]);
  }
});

test("each mount of a container is a row with what became of it, and with the mount of the guest", () => {
  let mounts = 0;
  for (const { request, plan } of plans) {
    if (request.op !== "shareContainer") continue;
    const rows = detailsOf(pictureOfPlans([{ request, plan }])).filter(({ mount }) => mount);
    assert.deepEqual(texts(rows.map(({ mount }) => mount)), texts(request.container.mounts ?? []));
    const rules = rows.map(({ rule, mount }) => [mount?.destination, rule?.kind, rule?.reason]);
    assert.deepEqual(
      texts(rules),
      texts((plan.outcomes ?? []).map(({ destination, kind, reason }) => [destination, kind, reason])),
    );
    const guests = rows.flatMap(({ guestMount }) => (guestMount ? [guestMount] : []));
    assert.deepEqual(texts(guests), texts(plan.mounts ?? []));
    mounts += rows.length;
  }
  assert.ok(mounts > 100, `${mounts} mounts`);
});

test("all plans together are one picture of several sandboxes", () => {
  const picture = pictureOfPlans(plans);
  assertWhole(picture);
  const directories = new Set(plans.map(({ plan }) => plan.directory));
  const sandboxes = picture.columns.hub.filter(({ kind }) => kind === "sandbox");
  assert.ok(sandboxes.length <= directories.size && sandboxes.length > 5);
});
