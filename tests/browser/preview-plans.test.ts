import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { loadSync, RequestError } from "../../mod.ts";
import { escaped } from "../../picture/mod.ts";
import { previewFor } from "../support/browser/preview.ts";
import { fixtureFiles, readRows } from "../support/fixtures/fixtures.ts";
import type { Row } from "../support/fixtures/rows.ts";
import { sampleOf } from "../support/sample.ts";

// The built page plans as Node does: all requests of the fixtures, and each word of a refusal.

const { skip, open } = await previewFor("that the page plans the same bytes as Node");

const rows = fixtureFiles
  .flatMap(readRows)
  .filter((row): row is Row => typeof row !== "string" && row.request !== undefined);

test("the page's plans of all requests of the fixtures have the bytes that Node's have", {
  skip,
}, async () => {
  const opened = await open();
  const { page } = opened;
  const all = rows.filter(({ plan }) => plan !== undefined).map(({ request }) => request);
  assert.ok(all.length > 600, `${all.length} requests`);
  // In Chromium, the short run plans all of them without the page.
  const requests = sampleOf(all, 4);
  await opened.drop({ name: "requests.json", text: JSON.stringify(requests) });
  await page.locator('[data-column="guest"] h2', { hasText: /\d{3}/ }).waitFor();
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save JSON" }).click();
  const { plans } = JSON.parse(readFileSync(await (await saving).path(), "utf8")) as {
    plans: { request: object; plan: object }[];
  };
  assert.equal(plans.length, requests.length);
  const core = loadSync();
  for (const [at, { request, plan }] of plans.entries()) {
    assert.equal(JSON.stringify(plan), core.planJson(JSON.stringify(request)));
    // Beside what earlier plans of the same page left, it is what was dropped.
    assert.deepEqual({ ...request, ...(requests[at] as object) }, request);
  }
  await opened.close();
});

/** The first row of each word of a refusal. */
const refused = [
  ...new Map(rows.toReversed().flatMap((row) => (row.refusal ? [[row.refusal.code, row]] : []))).values(),
];

const told = /; known are |an earlier option|the field is needed/;

test("the page says of each refusal what Node says", { skip }, async () => {
  assert.ok(refused.length > 40, `${refused.length} words`);
  const opened = await open();
  for (const { request } of sampleOf(refused, 8)) {
    await opened.drop({ name: "request.json", text: JSON.stringify(request) });
    // Which option came earlier, and that a value is empty, only the page says.
    const [expected = ""] = escaped(messageOf(request)).split(told);
    await opened.page
      .getByRole("alert")
      .filter({ hasText: expected.slice(0, 150) })
      .waitFor();
  }
  await opened.close();
});

function messageOf(request: unknown): string {
  try {
    loadSync().planJson(JSON.stringify(request));
  } catch (error) {
    if (error instanceof RequestError) return error.message;
  }
  return "it was not refused";
}
