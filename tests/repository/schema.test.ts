import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { Ajv } from "ajv";
import fc from "fast-check";
import { load, type Refusal } from "../../mod.ts";
import { anyChange, arbitraryOf, changed, type Schema } from "../support/arbitrary/of-schema.ts";
import { anyRequest } from "../support/arbitrary/requests.ts";
import { fixtureFiles, readRows } from "../support/fixtures/fixtures.ts";
import { answerOf, expectedOf, requestOf } from "../support/fixtures/rows.ts";
import { packageRoot } from "../support/package-root.ts";
import { rounds } from "../support/sample.ts";

// The types, the schema that is made from them, and the core: each says which requests there are.

const core = await load();
const text = readFileSync(join(packageRoot, "wasm/schema.json"), "utf8");
const schema = JSON.parse(text) as Schema;
const ajv = new Ajv({ allErrors: false });
const isRequest = ajv.compile(schema);
const isPlan = ajv.compile({ ...schema, anyOf: undefined, $ref: "#/definitions/Plan" });
const isRefusal = ajv.compile({ ...schema, anyOf: undefined, $ref: "#/definitions/Refusal" });
const numRuns = rounds(5000, 200);
const random = "0011223344556677";

// What a schema cannot say of one field, because other fields or what the kernel can hold decide.
const always = [
  ...["duplicate-name", "unsupported-option", "conflicting-option", "bad-option", "missing-option"],
  ...["unsupported-type", "unsupported-root-filesystem", "unsupported-block-device-driver", "needs-sharing"],
  ...[
    "malformed-block-drive",
    "not-a-disk",
    "duplicate-address",
    "missing-layers",
    "missing-image-name",
    "needs-nydusd",
  ],
  ...["not-base64", "bad-dm-verity", "wrong-length"],
  ...[
    "missing-source",
    "device-source",
    "bad-page-size",
    "bad-size",
    "file-of-the-host",
    "missing-hugepage-limit",
  ],
  ...["outside-sandbox", "other-container", "not-a-directory", "needs-mount-manager", "missing-step"],
  ...["reserved-target", "long-target"],
];
const address = "blockDrive\\.(?:pciPath|virtPath|devNo|scsiAddr|nvdimmId)";
const aMount = "(?:mount|container\\.mounts\\[\\d+\\])";
const needed = [
  "mount\\.hostPath",
  `${aMount}\\.(?:source|uidMappings|gidMappings|blockDrive|${address})`,
  "steps\\[\\d+\\]\\.(?:uid|gid)Mappings",
  `container\\.(?:rootFs\\.target|blockDrive|${address}|devices\\[\\d+\\]\\.${address})`,
];
const isNeeded = new RegExp(`^(?:${needed.join("|")})$`);
const meanings: Readonly<Record<string, (refusal: Refusal) => boolean>> = {
  ...Object.fromEntries(always.map((code) => [code, () => true])),
  // Which of these are needed is the operation's and the driver's to say.
  "missing-field": ({ path }) => isNeeded.test(path),
  // These may be relative where there is a bundle.
  "not-absolute": ({ path }) =>
    /^(?:mount|container\.(?:mounts\[\d+\]|rootFs))\.(?:source|target)$/.test(path) || isPlace(path),
  "has-dot-dot": ({ path }) => isPlace(path),
  // In one of the profiles, a share is not called as the machine, or as another share.
  "reserved-id": ({ path, subject }) =>
    path === "container.id" && (subject === "machine" || /-[0-9a-f]{16}-/.test(subject)),
  // A schema counts characters, the kernel bytes.
  "too-long": ({ path, subject }) => /\.(?:source|target)$/.test(path) || [...subject].length <= 4095,
  // Digits have to differ, which a schema could only say of lists of nothing but strings.
  "bad-random": ({ path }) => /^random\[\d+\]$/.test(path),
  // So many layers would need more than a page of mount options.
  "too-many": ({ path }) => path === "container.devices",
  // The last name of a source may be none, and a share is not called as the container is.
  "bad-name": ({ path, subject }) =>
    /^(?:held|copied)\[\d+\]\.name$/.test(path) ||
    /^container\.mounts\[\d+\]\.source$/.test(path) ||
    subject.split("/").some((name) => new TextEncoder().encode(name).length > 255),
};

// In one of the profiles a destination names a share.
function isPlace(path: string): boolean {
  return path === "mount.destination";
}

/** Whether a refusal is of the JSON that an option of a root filesystem holds. */
function isInOption({ code, path, subject }: Refusal): boolean {
  const [, inner] = path.match(/^container\.rootFs\.options\[\d+\](.*)$/) ?? [];
  return inner !== undefined && (inner !== "" || code === "not-json" || subject === "object");
}

/** Whether the core refuses a request for its shape: for what a schema can say. */
function isShape(refusal: Refusal): boolean {
  return !isInOption(refusal) && !meanings[refusal.code]?.(refusal);
}

/** Why the core refuses a request; undefined where it plans it. */
function refusalOf(request: unknown): Refusal | undefined {
  const answer = JSON.parse(answerOf(core, JSON.stringify(request)));
  return "code" in answer ? answer : undefined;
}

// Both directions: what the schema forbids is refused, and what is refused for its shape is forbidden.
function agree(request: unknown): void {
  const refusal = refusalOf(request);
  if (isRequest(request))
    assert.ok(!refusal || !isShape(refusal), `only the core refuses: ${JSON.stringify(refusal)}`);
  else assert.ok(refusal, `only the schema refuses: ${ajv.errorsText(isRequest.errors)}`);
}

// A request to share a container, with as many random digits as it has mounts: the schema cannot say so.
function asOften(requests: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return requests.map((request) => {
    const { op, container } = request as { op: string; container?: { mounts?: readonly unknown[] } };
    if (op !== "shareContainer") return request;
    return { ...(request as object), random: (container?.mounts ?? []).map(() => "0011223344556677") };
  });
}

test("schema.json is what wasm/schema.mjs makes of the types", async () => {
  const { schemaText } = await import(pathToFileURL(join(packageRoot, "wasm/schema.mjs")).href);
  assert.equal(text, schemaText(), "run `npm run build:schema`");
});

test("the core refuses no request of the schema but for its meaning", () => {
  const counts = { planned: 0, refused: 0 };
  fc.assert(
    fc.property(asOften(arbitraryOf(schema)), (request) => {
      assert.ok(isRequest(request), ajv.errorsText(isRequest.errors));
      counts[refusalOf(request) ? "refused" : "planned"] += 1;
      agree(request);
    }),
    { numRuns },
  );
  assert.ok(counts.planned > numRuns / 10 && counts.refused > numRuns / 10, JSON.stringify(counts));
});

test("the core and the schema agree on requests with one thing changed", () => {
  let forbidden = 0;
  fc.assert(
    fc.property(arbitraryOf(schema), fc.nat(), anyChange, (request, place, change) => {
      const other = changed(request, place, change);
      if (!isRequest(other)) forbidden += 1;
      agree(other);
    }),
    { numRuns: 2 * numRuns },
  );
  assert.ok(forbidden > numRuns / 2, `only ${forbidden} of the changes made another shape`);
});

test("the core and the schema agree on planned requests with one thing changed", () => {
  fc.assert(
    fc.property(anyRequest, fc.nat(), anyChange, (request, place, change) => {
      const json = JSON.parse(JSON.stringify(request));
      agree(json);
      agree(changed(json, place, change));
    }),
    { numRuns },
  );
});

test("the core and the schema agree on each field of each operation left out, renamed and of each type", () => {
  const values = [null, true, 0, -1, 0.5, 2 ** 53, "", "\0", "\ud800", "/", "..", [], [1], {}, { id: 1 }];
  for (const request of fc.sample(arbitraryOf(schema), { numRuns: rounds(60, 6), seed: 7 })) {
    const places = JSON.stringify(request).length;
    for (let place = 0; place < Math.min(places, 40); place++) {
      agree(changed(request, place, { kind: "drop" }));
      for (const value of values) agree(changed(request, place, { kind: "replace", value }));
    }
  }
});

test("the core and the schema agree on each row of the fixtures that is JSON", () => {
  for (const row of fixtureFiles.flatMap(readRows)) {
    if (typeof row === "string" || !("request" in row)) continue;
    agree(JSON.parse(requestOf(row) as string));
  }
});

test("what the core answers is a Plan or a Refusal of the schema", () => {
  fc.assert(
    fc.property(fc.oneof(arbitraryOf(schema), anyRequest), (request) => {
      const answer = JSON.parse(answerOf(core, JSON.stringify(request)));
      const isAnswer = "code" in answer ? isRefusal : isPlan;
      assert.ok(isAnswer(answer), ajv.errorsText(isAnswer.errors));
    }),
    { numRuns },
  );
  for (const row of fixtureFiles.flatMap(readRows)) {
    if (typeof row !== "string")
      assert.ok(row.plan ? isPlan(JSON.parse(expectedOf(row))) : isRefusal(row.refusal), row.name);
  }
});

test("the definition of one operation names the field that is wrong", () => {
  const $ref = "#/definitions/ShareFileRequest";
  const isShareFile = new Ajv({ allErrors: true }).compile({ ...schema, anyOf: undefined, $ref });
  const mount = { source: 1, destination: "/x" };
  const request = { op: "shareFile", sandbox: { id: "s1" }, container: { id: "c1" }, mount, random };
  assert.ok(isShareFile({ ...request, mount: { ...mount, source: "/x" } }));
  assert.ok(!isShareFile(request));
  assert.deepEqual(
    isShareFile.errors?.map(({ instancePath }) => instancePath),
    ["/mount/source"],
  );
});

test("the schema has no field that the fixtures never give", () => {
  const given = new Set(
    fixtureFiles.flatMap(readRows).flatMap((row) => (typeof row === "string" ? [] : namesIn(row.request))),
  );
  const names = Object.entries(schema.definitions ?? {}).flatMap(([name, { properties }]) =>
    /Request$|^(?:Sandbox|Container|RootFs|BlockDrive|Mount)$|^(?:Device|HugepageLimit|IdMapping)$|^(?:DirectVolume|SourceFacts|HeldShare|CopiedSource)$/.test(
      name,
    )
      ? Object.keys(properties ?? {})
      : [],
  );
  assert.deepEqual(
    names.filter((name) => !given.has(name)),
    [],
  );
});

function namesIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [name, ...namesIn(inner)]);
}
