import assert from "node:assert/strict";
import { test } from "node:test";
import { load, type RefusalCode } from "../../mod.ts";
import { committedDigest, fixtureFiles, readRows } from "../support/fixtures/fixtures.ts";
import { answerOf, digestOf, expectedOf, type Row, requestOf } from "../support/fixtures/rows.ts";

const core = await load();
const files = fixtureFiles.map((file) => ({ file, entries: readRows(file) }));
const rows = files.flatMap(({ entries }) => entries.filter(isRow));

for (const { file, entries } of files) {
  let heading = "";
  for (const entry of entries) {
    if (!isRow(entry)) heading = entry.replace(/^# /, "");
    else test(`${file}, ${heading}: ${entry.name}`, () => compare(entry));
  }
}

function compare(row: Row): void {
  const answer = answerOf(core, requestOf(row));
  const expected = expectedOf(row);
  // The records first: they differ in a way that can be read.
  assert.deepEqual(JSON.parse(answer), JSON.parse(expected));
  assert.equal(answer, expected);
}

function isRow(entry: string | Row): entry is Row {
  return typeof entry !== "string";
}

test("each row has a name of its own in its file, one request and one answer", () => {
  for (const { file, entries } of files) {
    const names = entries.filter(isRow).map(({ name }) => name);
    assert.deepEqual(
      names.filter((name, at) => names.indexOf(name) !== at),
      [],
      file,
    );
  }
  for (const row of rows) {
    const requests = ["request", "json", "hex", "pieces"].filter((field) => field in row);
    const answers = ["plan", "refusal"].filter((field) => field in row);
    assert.deepEqual([requests.length, answers.length], [1, 1], row.name);
  }
});

test("each reason for a refusal has a row", () => {
  // A record, so that the compiler knows when one is missing here.
  const codes: Record<RefusalCode, true> = {
    "not-json": true,
    "too-large": true,
    "wrong-type": true,
    "unknown-field": true,
    "duplicate-field": true,
    "missing-field": true,
    "unknown-word": true,
    "out-of-range": true,
    "has-nul": true,
    "lone-surrogate": true,
    "not-utf8": true,
    empty: true,
    "bad-id": true,
    "reserved-id": true,
    "bad-random": true,
    "bad-name": true,
    "too-long": true,
    "too-many": true,
    "not-absolute": true,
    "has-dot-dot": true,
    "duplicate-name": true,
    "unsupported-option": true,
    "unsupported-type": true,
    "unsupported-root-filesystem": true,
    "unsupported-block-device-driver": true,
    "malformed-block-drive": true,
    "needs-sharing": true,
    "outside-sandbox": true,
    "other-container": true,
    "conflicting-option": true,
    "bad-option": true,
    "missing-option": true,
    "needs-nydusd": true,
    "not-base64": true,
    "bad-dm-verity": true,
    "missing-image-name": true,
    "missing-layers": true,
    "not-a-disk": true,
    "not-a-directory": true,
    "needs-mount-manager": true,
    "duplicate-address": true,
    "wrong-length": true,
    "missing-source": true,
    "device-source": true,
    "bad-page-size": true,
    "bad-size": true,
    "file-of-the-host": true,
    "missing-hugepage-limit": true,
    "missing-step": true,
    "reserved-target": true,
    "long-target": true,
  };
  const shown = new Set(rows.map(({ refusal }) => refusal?.code));
  assert.deepEqual(
    Object.keys(codes).filter((code) => !shown.has(code as RefusalCode)),
    [],
  );
});

test("the answers to all rows are the same bytes on every runtime", async () => {
  const digest = await digestOf(rows.map((row) => answerOf(core, requestOf(row))));
  assert.equal(
    digest,
    committedDigest(),
    `tests/fixtures/digest.txt should be ${digest}, if each row is right; npm run fixtures writes it`,
  );
});
