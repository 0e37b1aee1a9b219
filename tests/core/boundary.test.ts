import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { load, type PlanRequest, RequestError } from "../../mod.ts";
import { writeFastJson } from "../../wasm/fast-json.ts";
import { anyRequest } from "../support/arbitrary/requests.ts";
import { anyJson, anyText } from "../support/arbitrary/texts.ts";
import { answerOf } from "../support/fixtures/rows.ts";
import { rounds } from "../support/sample.ts";

// What stands between a program's objects and the core's bytes, and may change nothing.

const core = await load();

test("writeFastJson() writes what JSON.stringify writes, or says that it cannot", () => {
  const text = fc.string({ unit: "grapheme-ascii" });
  const number = fc.oneof(fc.nat(), fc.nat({ max: 120 }), fc.integer(), fc.maxSafeNat(), fc.double());
  const { tree: simpleValue } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: "small" },
      text,
      number,
      fc.constantFrom(2 ** 31 - 1, 2 ** 31, 999_999_999, 1e9),
      fc.boolean(),
      fc.array(tie("tree"), { maxLength: 4 }),
      fc.dictionary(text, fc.option(tie("tree"), { nil: undefined }), { maxKeys: 4 }),
    ),
  }));
  const values = fc.oneof(
    simpleValue,
    anyRequest,
    anyJson,
    fc.anything({ withNullPrototype: true, withDate: true, withBoxedValues: true }),
  );
  const numRuns = rounds(5000, 500);
  let written = 0;
  fc.assert(
    fc.property(values, fc.constantFrom(0, 10, 100, 4096), (value, room) => {
      const bytes = new Uint8Array(room);
      const length = writeFastJson(value, bytes);
      if (length === -1) return;
      written += 1;
      assert.equal(new TextDecoder().decode(bytes.subarray(0, length)), stringify(value));
    }),
    { numRuns },
  );
  assert.ok(written > numRuns / 10, `only ${written} values were written`);
});

// What JSON.stringify cannot write is not to be written either.
function stringify(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

test("writeFastJson() leaves values with a way of their own to JSON.stringify", () => {
  const toJSON = () => ({});
  const values: unknown[] = [
    Object.assign(["/a"], { toJSON }),
    { toJSON },
    [{ a: new Date(0) }],
    new Map([["op", "prepare"]]),
    Object.create({ op: "prepare" }),
    Object.create(null),
    new (class Named {
      op = "prepare";
    })(),
    Object("text"),
    [undefined],
    Object.assign(Array(2), ["with a hole"]),
    { a: () => {} },
    { a: Symbol("a") },
    "\x7f",
    '"',
    "\\",
    "\u00e9",
    -1,
    -0,
    1.5,
    2 ** 31,
    Number.NaN,
    [1e21],
    null,
    undefined,
  ];
  for (const value of values) assert.equal(writeFastJson(value, new Uint8Array(4096)), -1);
});

test("plan() obeys an array's toJSON as JSON.stringify does", () => {
  const sandboxBindMounts = Object.assign(["/a"], { toJSON: () => ["/b", "/c"] });
  const { steps } = core.plan({ op: "prepare", sandbox: { id: "s1", sandboxBindMounts } });
  assert.deepEqual(
    steps.flatMap((step) => (step.op === "bind" ? [step.source] : [])),
    ["/b", "/c"],
  );
});

test("a field that is undefined is missing, wherever it stands", () => {
  const request = {
    op: "shareFile",
    sandbox: { id: "s1", hostDir: undefined, sharedFs: undefined },
    container: { id: "c1", rootFs: { target: undefined } },
    mount: { source: "/a", destination: "/a", options: undefined, type: undefined },
    random: "0011223344556677",
    revoke: undefined,
  };
  for (const value of [
    request,
    { ...request, container: { id: "c1", fstype: "\u00e9", bundle: undefined } },
  ]) {
    const plan = core.plan(value as unknown as PlanRequest);
    assert.deepEqual(plan, JSON.parse(core.planJson(JSON.stringify(value))));
  }
  assert.throws(() => core.plan({ ...request, random: undefined } as unknown as PlanRequest), {
    code: "missing-field",
    path: "random",
  });
});

test("a text with a lone surrogate is refused in every way in, and by its JSON path", () => {
  const refusal = (subject: string) => ({
    name: "RequestError",
    code: "lone-surrogate",
    subject,
    path: "sandbox.hostDir",
  });
  for (const surrogate of ["\ud83d", "\ude00", "\ud83d\ud83d", "\ude00\ud83d", "\ud83dx"]) {
    const request = { op: "prepare", sandbox: { id: "s1", hostDir: `/x${surrogate}` } } as const;
    const subject = `\\u${surrogate.charCodeAt(0).toString(16)}`;
    assert.throws(() => core.plan(request), refusal(subject));
    assert.throws(() => core.planJson(JSON.stringify(request)), refusal(subject));
    // An encoder would write U+FFFD, another name.
    assert.throws(
      () => core.planJson(`{"op":"prepare","sandbox":{"id":"s1","hostDir":"/x${surrogate}"}}`),
      refusal(subject),
    );
  }
});

test("a lone surrogate in a text of JSON means what it means to JSON.parse, or nothing", () => {
  const piece = fc.constantFrom(
    "\ud83d",
    "\ude00",
    "\\",
    "\\\\",
    "\\ude00",
    "\\ud83d",
    "u",
    "n",
    '"',
    "a",
    "\u{1f600}",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const json = `{"op":"cleanup","sandbox":{"id":"s1","hostDir":"/${pieces.join("")}"}}`;
      const { code, directory } = JSON.parse(answerOf(core, json));
      const meant = parsed(json) as { sandbox: { hostDir: string } } | undefined;
      if (meant === undefined) assert.ok(code === "not-json" || code === "lone-surrogate", code);
      else if (/\p{Surrogate}/u.test(meant.sandbox.hostDir)) assert.equal(code, "lone-surrogate");
      else assert.equal(directory, `${meant.sandbox.hostDir.replace(/\/$/, "")}/s1`);
    }),
    { numRuns: rounds(3000, 300) },
  );
});

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

test("planJson() takes a text of more than a third of 64 MiB: not each sign has three bytes", () => {
  const virtioFsCache = "a".repeat(30 << 20);
  const plan = core.planJson(JSON.stringify({ op: "prepare", sandbox: { id: "s1", virtioFsCache } }));
  assert.equal(plan, core.planJson(JSON.stringify({ op: "prepare", sandbox: { id: "s1" } })));
});

test("planJson() refuses more than 64 MiB, as text, as bytes, and as text that becomes as many bytes", () => {
  const tooLarge = { name: "RequestError", code: "too-large", path: "" };
  assert.throws(() => core.planJson(" ".repeat((64 << 20) + 1)), { ...tooLarge, subject: "67108865" });
  assert.throws(() => core.planJson(new Uint8Array((64 << 20) + 1)), { ...tooLarge, subject: "67108865" });
  assert.throws(() => core.planJson("\u4e2d".repeat(23 << 20)), tooLarge);
  // 64 MiB are read.
  assert.throws(() => core.planJson(new Uint8Array(64 << 20).fill(0x20)), {
    code: "not-json",
    subject: "byte 67108864",
  });
});

test("planJson() reads bytes that are a part of a larger buffer, and leaves them as they are", () => {
  const json = '{"op":"cleanup","sandbox":{"id":"s1"}}';
  const buffer = new TextEncoder().encode(`xx${json}}}`);
  const part = buffer.subarray(2, 2 + json.length);
  assert.equal(core.planJson(part), core.planJson(json));
  assert.equal(new TextDecoder().decode(buffer), `xx${json}}}`);
});

test("what has no JSON is refused as a request", () => {
  const cyclic: { sandbox?: unknown } = {};
  cyclic.sandbox = cyclic;
  const deep = JSON.parse(`${'{"sandbox":'.repeat(5000)}1${"}".repeat(5000)}`);
  const values: unknown[] = [
    undefined,
    () => {},
    Symbol("s"),
    1n,
    { op: 1n },
    cyclic,
    [cyclic],
    Number.NaN,
    null,
    1,
    "",
    [],
    new Date(),
    new Map(),
    deep,
  ];
  values.push({
    toJSON() {
      throw new Error("no");
    },
  });
  for (const value of values) assert.throws(() => core.plan(value as PlanRequest), RequestError);
});

test("after any refusal the next request is planned as before", () => {
  const json =
    '{"op":"shareFile","sandbox":{"id":"s1"},"container":{"id":"c1"},"mount":{"source":"/a","destination":"/\u00e9"},"random":"0011223344556677"}';
  const before = core.planJson(json);
  fc.assert(
    fc.property(
      fc.oneof(
        anyText,
        anyJson.map((value) => JSON.stringify(value)),
        fc.uint8Array(),
      ),
      (garbage) => {
        assert.ok(JSON.parse(answerOf(core, garbage)).code);
        assert.equal(core.planJson(json), before);
      },
    ),
    { numRuns: rounds(2000, 500) },
  );
});

test("a RequestError says what, where and why in one sentence, and carries the data", () => {
  const request = { op: "prepare", sandbox: { id: "s1", hostDir: '/a"/../b' } } as const;
  assert.throws(
    () => core.plan(request),
    (error) => {
      assert.ok(error instanceof RequestError && error instanceof Error);
      assert.deepEqual(
        [error.code, error.subject, error.path],
        ["has-dot-dot", '/a"/../b', "sandbox.hostDir"],
      );
      const why = "the path of this directory must not contain '..'; name it directly";
      assert.equal(error.message, `Cannot plan sandbox.hostDir "/a\\"/../b": has-dot-dot (${why})`);
      return true;
    },
  );
});
