import assert from "node:assert/strict";
import { test } from "node:test";
import { loadSync, type Plan, type PlanRequest } from "../../mod.ts";
import { pictureOfPlans } from "../../picture/mod.ts";
import { fixtureFiles, readRows } from "../support/fixtures/fixtures.ts";
import { assertWhole } from "../support/picture/assert-whole.ts";
import { rowsOf } from "../support/picture/lines.ts";

// Pictures of plans that somebody has without their requests.

const core = loadSync();

const planned: { request: PlanRequest; plan: Plan }[] = fixtureFiles.flatMap((file) =>
  readRows(file).flatMap((row) => {
    if (typeof row === "string" || !("plan" in row) || !("request" in row)) return [];
    const request = row.request as unknown as PlanRequest;
    return [{ request, plan: core.plan(request) }];
  }),
);

const texts = (values: Iterable<unknown>) => Array.from(values, (value) => JSON.stringify(value)).sort();

test("a plan without its request is drawn whole, with each step and storage at one row", () => {
  assert.ok(planned.length > 300, `${planned.length} plans`);
  for (const { plan } of planned) {
    const picture = pictureOfPlans([{ plan }]);
    assertWhole(picture);
    const details = rowsOf(picture).map((row) => row.details);
    assert.deepEqual(texts(details.flatMap(({ steps }) => steps)), texts(plan.steps));
    const storages = [...(plan.storages ?? []), ...(plan.shared?.storages ?? [])];
    const drawn = rowsOf(picture).filter(({ kind }) => kind === "storage");
    assert.deepEqual(texts(drawn.flatMap((row) => row.details.storages)), [...new Set(texts(storages))]);
    for (const { mount, requestPath } of details)
      assert.deepEqual([mount, requestPath], [undefined, undefined]);
  }
});

test("what became of each mount, and the guest's own, are as with the request", () => {
  const told = (drawn: { request?: PlanRequest; plan: Plan }) =>
    rowsOf(pictureOfPlans([drawn]))
      .filter(({ details }) => details.rule)
      .map(({ path, details: { rule, guestMount } }) => [path, rule, guestMount]);
  let mounts = 0;
  for (const { request, plan } of planned) {
    const rows = told({ plan });
    mounts += rows.length;
    assert.deepEqual(texts(rows), texts(told({ request, plan })));
  }
  assert.ok(mounts > 300, `${mounts} mounts`);
});

test("the container and its sandbox have the names that the plan has them by", () => {
  const mounts = [{ source: "/srv/data", destination: "/data", options: ["rbind"] }];
  const plan = core.plan({
    op: "shareContainer",
    sandbox: { id: "pod" },
    container: { id: "web", rootFs: { target: "/run/web" }, mounts },
    random: ["0011223344556677"],
  });
  const picture = pictureOfPlans([{ plan }]);
  const names = (kind: string) =>
    rowsOf(picture)
      .filter((row) => row.kind === kind)
      .map(({ label }) => label);
  assert.deepEqual(names("sandbox"), ["pod", "pod"]);
  assert.deepEqual(names("container"), ["web"]);
  assert.deepEqual(names("source").sort(), ["/run/web", "/srv/data"]);
  const file = core.plan({
    op: "shareFile",
    sandbox: { id: "pod" },
    container: { id: "web" },
    mount: { source: "/etc/hosts", destination: "/etc/hosts" },
    random: "0011223344556677",
  });
  const rows = rowsOf(pictureOfPlans([{ plan: file }]));
  assert.equal(rows.find(({ kind }) => kind === "container")?.label, "web");
});
