import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { load } from "../../mod.ts";
import { anyRequest } from "../support/arbitrary/requests.ts";
import { packageRoot } from "../support/package-root.ts";
import { rounds } from "../support/sample.ts";

// The module without our wrapper, as another host has it; docs/abi.md says what it may rely on.

interface Abi {
  readonly memory: WebAssembly.Memory;
  input(length: number): number;
  plan(start: number, length: number): number;
  output(): number;
  ascii(): number;
}

const module = new WebAssembly.Module(readFileSync(join(packageRoot, "wasm/core.wasm")));
const request = new TextEncoder().encode('{"op":"cleanup","sandbox":{"id":"s1"}}');
const expected = (await load()).planJson(request);
const nothingRead = '{"code":"not-json","subject":"byte 0","path":""}';
const hostile = [-1, -2, -(2 ** 31), 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 1e9, (64 << 20) + 1];

function instantiate(): Abi {
  return new WebAssembly.Instance(module).exports as unknown as Abi;
}

function write(core: Abi, bytes: Uint8Array = request): number {
  const start = core.input(bytes.length) >>> 0;
  new Uint8Array(core.memory.buffer, start, bytes.length).set(bytes);
  return start;
}

/** What `plan` wrote, and whether that is a refusal. */
function read(core: Abi, written: number): { refused: boolean; json: string } {
  const bytes = new Uint8Array(core.memory.buffer, core.output() >>> 0, Math.abs(written));
  return { refused: written < 0, json: new TextDecoder().decode(bytes) };
}

function assertPlans(core: Abi): void {
  const start = write(core);
  assert.deepEqual(read(core, core.plan(start, request.length)), { refused: false, json: expected });
}

test("input, bytes, plan, output: that is a plan", () => {
  assertPlans(instantiate());
});

test("a refusal has a negative length and is JSON as well", () => {
  const core = instantiate();
  const answer = read(core, core.plan(write(core, new Uint8Array([0x7b])), 1));
  assert.deepEqual(answer, { refused: true, json: '{"code":"not-json","subject":"byte 1","path":""}' });
});

test("input() gives 0 for a length that is negative or more than 64 MiB", () => {
  const core = instantiate();
  // 2^32 is 0 where a length has 32 bits.
  for (const length of hostile.filter((length) => length !== 2 ** 32)) {
    assert.equal(core.input(length), 0, String(length));
    assertPlans(core);
  }
});

test("input() gives room for 64 MiB, and for nothing", () => {
  const core = instantiate();
  for (const length of [64 << 20, 0, 1]) {
    const start = core.input(length) >>> 0;
    assert.ok(start > 0 && start + length <= core.memory.buffer.byteLength, String(length));
  }
  assert.deepEqual(read(core, core.plan(core.input(0), 0)), { refused: true, json: nothingRead });
});

test("plan() reads nothing but what input() just gave, whatever it is told", () => {
  const core = instantiate();
  const size = core.memory.buffer.byteLength;
  for (const length of [
    ...hostile.filter((length) => length !== 2 ** 32),
    request.length + 1,
    size,
    size + 1,
  ]) {
    assert.deepEqual(
      read(core, core.plan(write(core), length)),
      { refused: true, json: nothingRead },
      String(length),
    );
  }
  for (const start of [...hostile, 0, 1, 8, size - 1, size, size + 1]) {
    for (const length of [...hostile, 0, 1, request.length]) {
      write(core);
      assert.deepEqual(
        read(core, core.plan(start, length)),
        { refused: true, json: nothingRead },
        `${start} ${length}`,
      );
    }
  }
  assertPlans(core);
});

test("plan() reads fewer bytes than there is room for, where it is told so", () => {
  const core = instantiate();
  const start = core.input(4096) >>> 0;
  new Uint8Array(core.memory.buffer, start, 4096).fill(0xff).set(request);
  assert.deepEqual(read(core, core.plan(start, request.length)), { refused: false, json: expected });
});

test("plan() reads an input once", () => {
  const core = instantiate();
  const start = write(core);
  assert.ok(core.plan(start, request.length) > 0);
  assert.deepEqual(read(core, core.plan(start, request.length)), { refused: true, json: nothingRead });
});

test("plan() without input() is refused, and takes no more memory each time", () => {
  const core = instantiate();
  const before = core.memory.buffer.byteLength;
  for (let i = 0; i < 100_000; i++) assert.ok(core.plan(0, 0) < 0);
  assert.equal(core.memory.buffer.byteLength, before);
});

test("requests of one size take no more memory each time, planned or refused", () => {
  const core = instantiate();
  assertPlans(core);
  const before = core.memory.buffer.byteLength;
  for (let i = 0; i < 100_000; i++) core.plan(write(core), request.length - (i % 2));
  assert.equal(core.memory.buffer.byteLength, before);
});

test("output() is 0 before there is a plan", () => {
  const core = instantiate();
  assert.equal(core.output(), 0);
  assertPlans(core);
  core.input(1);
  assert.equal(core.output(), 0);
});

const encoder = new TextEncoder();
const ask = (fields: string) => `{"op":"prepare","sandbox":{"id":"s1",${fields}}}`;
// Where it may say neither, it may say 0.
const answers: readonly (readonly [name: string, request: string, ascii: readonly number[]])[] = [
  ["a plan of plain ASCII", ask('"shmSize":1'), [1]],
  ["a character beyond ASCII", ask('"hostDir":"/\u00e9"'), [0]],
  ["one behind sixteen others", ask('"hostDir":"/aaaaaaaaaaaaaaaa\u00e9"'), [0]],
  ["one among eight", ask('"hostDir":"/aaa\u{1f600}aaa"'), [0]],
  ["the last sign of ASCII", ask('"hostDir":"/\x7f"'), [0, 1]],
  ["the first sign behind it", ask('"hostDir":"/\x80"'), [0]],
  ["an escape that says a character beyond ASCII", ask('"hostDir":"/\\u00e9"'), [0]],
  ["escapes of ASCII, which stay escapes", ask('"hostDir":"/\\n\\u0001\\"\\\\"'), [0, 1]],
  ["a text beyond ASCII that is of no effect", ask('"virtioFsCache":"\u00e9"'), [0, 1]],
  ["a refusal of ASCII", ask('"hostDir":"a"'), [0, 1]],
  ["a refusal of a text beyond ASCII", ask('"hostDir":"\u00e9"'), [0]],
  ["a refusal at a name beyond ASCII", ask('"\u00e9":1'), [0]],
  ["what is no JSON", "\u00e9", [0, 1]],
  ["a text that is left open", '{"op":"\u00e9', [0, 1]],
];

test("ascii() is 1 for a plan of plain ASCII, and 0 for an answer that is not ASCII", () => {
  const core = instantiate();
  for (const [name, json, ascii] of [...answers, ...answers.toReversed()]) {
    const bytes = encoder.encode(json);
    const answer = read(core, core.plan(write(core, bytes), bytes.length));
    assert.ok(ascii.includes(core.ascii()), `${name}: ${core.ascii()}`);
    if (core.ascii() === 1) assert.match(answer.json, /^[\0-\x7f]*$/, name);
  }
});

test("ascii() is of the last answer, whatever came before, and never 1 where that is not ASCII", () => {
  const core = instantiate();
  const plain = encoder.encode(ask('"shmSize":1'));
  fc.assert(
    fc.property(anyRequest, (request) => {
      const bytes = encoder.encode(JSON.stringify(request));
      const answer = read(core, core.plan(write(core, bytes), bytes.length));
      if (core.ascii() !== 0) assert.match(answer.json, /^[\0-\x7f]*$/);
      assert.ok([0, 1].includes(core.ascii()));
      core.plan(write(core, plain), plain.length);
      assert.equal(core.ascii(), 1);
    }),
    { numRuns: rounds(3000, 300) },
  );
});

test("calls in any order with any numbers never trap", () => {
  const number = fc.oneof(fc.integer(), fc.maxSafeNat(), fc.constantFrom(...hostile, 0, 1, 38, 65536, 12000));
  const call = fc.oneof(
    fc.record({ call: fc.constant("input" as const), length: fc.oneof(number, fc.nat({ max: 5000 })) }),
    fc.record({ call: fc.constant("plan" as const), start: number, length: number }),
    fc.record({ call: fc.constant("planInput" as const), length: number }),
    fc.record({ call: fc.constantFrom("output" as const, "ascii" as const) }),
  );
  fc.assert(
    fc.property(fc.array(call, { maxLength: 30 }), (calls) => {
      const core = instantiate();
      let start = 0;
      for (const each of calls) {
        if (each.call === "input") start = core.input(each.length);
        else if (each.call === "plan") core.plan(each.start, each.length);
        else if (each.call === "planInput") core.plan(start, each.length);
        else core[each.call]();
      }
      assertPlans(core);
    }),
    { numRuns: rounds(500, 125) },
  );
});
