import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { load } from "../../mod.ts";
import { anyRequest } from "../support/arbitrary/requests.ts";
import { anyJson } from "../support/arbitrary/texts.ts";
import { cpuTime } from "../support/cpu-time.ts";
import { answerOf } from "../support/fixtures/rows.ts";
import { rounds, sampleOf } from "../support/sample.ts";

// Whatever the bytes are: a plan or a refusal, soon. `answerOf` throws on for anything else, such as a trap of the module.

const core = await load();

const requests: readonly string[] = [
  '{"op":"prepare","sandbox":{"id":"s1","shmSize":8192,"sandboxBindMounts":["/a/\\u00e9","/b"],"serviceOffload":true}}',
  '{"op":"cleanup","sandbox":{"id":"s1","hostDir":"/x"},"revoke":["c1/rootfs","\u{1f600}"]}',
  '{"op":"shareFile","sandbox":{"id":"s1"},"container":{"id":"c1","annotations":{"a.b":"\\ud83d\\ude00"}},"mount":{"source":"/a","destination":"/\u4e2d","options":["ro"],"readOnly":false},"random":"0011223344556677"}',
  '{"op":"unshareFile","sandbox":{"id":"s1"},"container":{"id":"c1"},"mount":{"destination":"/a","hostPath":"/run/kata-containers/shared/sandboxes/s1/mounts/x"}}',
  '{"op":"shareRootFilesystem","sandbox":{"id":"s1","blockDeviceDriver":"virtio-blk"},"container":{"id":"c1","fstype":"xfs","blockDrive":{"pciPath":"02/01","pmem":false}}}',
  '{"op":"unshareRootFilesystem","sandbox":{"id":"s1"},"container":{"id":"c1","rootFs":{"target":"/x","options":[]},"mounts":[{"destination":"/d"}]}}',
  '{"op":"shareContainer","sandbox":{"id":"s1"},"container":{"id":"c1","rootFs":{"target":"/x"},"mounts":[{"destination":"/\\u00e9","source":"/a","options":["rbind","ridmap"],"uidMappings":[{"containerID":0,"hostID":1,"size":2}],"gidMappings":[{"containerID":0,"hostID":1,"size":2}],"facts":{"identity":"0:1","files":3}},{"destination":"/m","type":"ephemeral","source":"/k/e"}]},"random":["0011223344556677","0011223344556678"],"held":[{"name":"x","identity":"0:1","attributes":["ro"],"mode":448,"users":["c2"]}]}',
  '{"op":"unshareContainer","sandbox":{"id":"s1"},"container":{"id":"c1"},"held":[{"name":"x","attributes":[],"mode":448,"users":["c1","c2"]}]}',
  `{"op":"shareRootFilesystem","sandbox":{"id":"s1"},"container":{"id":"c1","annotations":{"io.kubernetes.cri.image-name":"i"},"rootFs":{"options":["io.katacontainers.volume=${btoa('{"volume_type":"image_guest_pull","image_pull":{"metadata":{"a":"<"}}}')}"]}}}`,
];

const encoder = new TextEncoder();

/** What bytes say to JSON.parse; undefined where they are no JSON in UTF-8. */
function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

// The core reads no more than JSON.parse does, and means the same by it.
function compareWithJsonParse(bytes: Uint8Array): void {
  const answer = answerOf(core, bytes);
  const { code, path } = JSON.parse(answer);
  const value = parsed(bytes);
  // An option of a root filesystem may hold JSON of its own.
  const isInner = /^container\.rootFs\.options\[/.test(path);
  if (!isInner && (code === "not-json" || code === "not-utf8")) assert.equal(value, undefined, answer);
  if (code !== undefined) return;
  assert.notEqual(value, undefined);
  assert.equal(answerOf(core, JSON.stringify(value)), answer);
}

test("a request that is cut off at any byte is no JSON", () => {
  for (const request of requests) {
    const bytes = encoder.encode(request);
    assert.equal(JSON.parse(answerOf(core, bytes)).code, undefined);
    for (let length = 0; length < bytes.length; length++) {
      const { code } = JSON.parse(answerOf(core, bytes.subarray(0, length)));
      assert.ok(
        ["not-json", "not-utf8", "lone-surrogate"].includes(code),
        `${code} at ${length} of ${request}`,
      );
    }
  }
});

test("a request with any byte changed, left out or put in is what JSON.parse says, or refused", () => {
  const others = [
    0x00, 0x09, 0x1f, 0x20, 0x22, 0x2c, 0x2d, 0x2e, 0x2f, 0x30, 0x3a, 0x5b, 0x5c, 0x5d, 0x65, 0x75, 0x7b,
    0x7d, 0x7f, 0x80, 0xbf, 0xc3, 0xe4, 0xed, 0xf0, 0xff,
  ];
  for (const request of requests) {
    const bytes = encoder.encode(request);
    for (let at = 0; at < bytes.length; at++) {
      compareWithJsonParse(Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + 1)]));
      for (const other of sampleOf(others, 9, at)) {
        const changed = bytes.slice();
        changed[at] = other;
        compareWithJsonParse(changed);
        compareWithJsonParse(Uint8Array.from([...bytes.subarray(0, at), other, ...bytes.subarray(at)]));
      }
    }
  }
});

test("a request with pieces of others in it is what JSON.parse says, or refused", () => {
  const piece = fc
    .constantFrom(...requests)
    .chain((text) =>
      fc
        .tuple(fc.nat({ max: text.length }), fc.nat({ max: 20 }))
        .map(([at, length]) => text.slice(at, at + length)),
    );
  const token = fc.constantFrom(
    '"',
    "\\",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "null",
    "true",
    "-0",
    "01",
    "1e400",
    "1.5",
    "9007199254740993",
    '"\\u0000"',
    '"\\ud800"',
    "\n",
    " ",
    '"__proto__":1,',
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...requests),
      fc.nat(),
      fc.nat({ max: 12 }),
      fc.oneof(piece, token),
      (text, place, left, put) => {
        const at = place % (text.length + 1);
        compareWithJsonParse(encoder.encode(text.slice(0, at) + put + text.slice(at + left)));
      },
    ),
    { numRuns: rounds(10_000, 500) },
  );
});

test("random bytes are refused", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      assert.ok(JSON.parse(answerOf(core, bytes)).code);
    }),
    { numRuns: rounds(5000, 250) },
  );
});

test("random bytes behind a good beginning are what JSON.parse says, or refused", () => {
  const beginning = fc
    .constantFrom(...requests)
    .chain((text) => fc.nat({ max: text.length }).map((at) => text.slice(0, at)));
  fc.assert(
    fc.property(beginning, fc.uint8Array({ maxLength: 40 }), (text, bytes) => {
      compareWithJsonParse(Uint8Array.from([...encoder.encode(text), ...bytes]));
    }),
    { numRuns: rounds(5000, 250) },
  );
});

test("a value of any type in any place is refused or planned", () => {
  fc.assert(
    fc.property(anyRequest, fc.nat(), anyJson, (request, place, value) => {
      const json = JSON.stringify(request);
      const strings = [...json.matchAll(/"(?:[^"\\]|\\.)*"(?!:)/g)];
      const { index, 0: old } = strings[place % strings.length] as RegExpExecArray;
      compareWithJsonParse(
        encoder.encode(json.slice(0, index) + JSON.stringify(value) + json.slice(index + old.length)),
      );
    }),
    { numRuns: rounds(5000, 250) },
  );
});

const long = 10 << 20;
const texts: readonly (readonly [name: string, value: string])[] = [
  ["letters", "a".repeat(long)],
  ["slashes", "/".repeat(long)],
  ["short names", "/a".repeat(long / 2)],
  ["dots", "/.".repeat(long / 2)],
  ["characters of four bytes", "\u{1f600}".repeat(long / 4)],
  ["controls", "/\x01".repeat(long / 12)],
  ["backslashes", "\\".repeat(long / 2)],
  ["halves of characters", "\ud800".repeat(long / 6)],
  [
    "an option of erofs that never comes",
    `lowerdir=${"io.containerd.snapshotter.v1.erof".repeat(long / 34)}`,
  ],
];

const fields: readonly (readonly [name: string, request: (value: string) => unknown])[] = [
  ["op", (op) => ({ op, sandbox: { id: "s1" } })],
  ["a field's name", (name) => ({ [name]: 1 })],
  ["a sandbox's field's name", (name) => ({ op: "prepare", sandbox: { id: "s1", [name]: 1 } })],
  ["id", (id) => ({ op: "prepare", sandbox: { id } })],
  ["hostDir", (hostDir) => ({ op: "prepare", sandbox: { id: "s1", hostDir } })],
  ["guestDir", (guestDir) => ({ op: "prepare", sandbox: { id: "s1", guestDir } })],
  ["rootlessDir", (rootlessDir) => ({ op: "prepare", sandbox: { id: "s1", rootlessDir } })],
  ["virtioFsCache", (virtioFsCache) => ({ op: "prepare", sandbox: { id: "s1", virtioFsCache } })],
  [
    "sandboxBindMounts",
    (path) => ({ op: "prepare", sandbox: { id: "s1", sandboxBindMounts: [`/${path}`] } }),
  ],
  ["revoke", (name) => ({ op: "cleanup", sandbox: { id: "s1" }, revoke: [name] })],
  ["random", (random) => ({ ...fileOf({}), random })],
  ["source", (source) => fileOf({ source: `/${source}` })],
  ["a relative source", (source) => fileOf({ source: `x${source}` })],
  ["destination", (destination) => fileOf({ destination })],
  ["type", (type) => fileOf({ type })],
  ["options", (option) => fileOf({ options: [option] })],
  ["hostPath", (hostPath) => ({ ...fileOf({ hostPath }), op: "unshareFile", random: undefined })],
  ["bundle", (bundle) => rootOf({ bundle })],
  ["rootfsSuffix", (rootfsSuffix) => rootOf({ rootfsSuffix })],
  ["annotations", (text) => rootOf({ annotations: { [text]: text } })],
  ["rootFs.target", (target) => rootOf({ rootFs: { target: `/${target}` } })],
  ["rootFs.type", (type) => rootOf({ rootFs: { target: "/x", type: `fuse.${type}` } })],
  ["rootFs.options", (option) => rootOf({ rootFs: { target: "/x", type: "overlay", options: [option] } })],
  ["fstype", (fstype) => rootOf({ fstype, blockDrive: { scsiAddr: "0:1" } })],
  ["scsiAddr", (scsiAddr) => rootOf({ fstype: "ext4", blockDrive: { scsiAddr } })],
];

function fileOf(mount: object): object {
  return {
    op: "shareFile",
    sandbox: { id: "s1" },
    container: { id: "c1", bundle: "/b" },
    mount: { source: "/a", destination: "/a", ...mount },
    random: "0011223344556677",
  };
}

function rootOf(container: object): object {
  return { op: "shareRootFilesystem", sandbox: { id: "s1" }, container: { id: "c1", ...container } };
}

const plain = encoder.encode(JSON.stringify(fileOf({ destination: `/${"a".repeat(long)}` })));
const LONGEST = 60; // times what the plain request takes, which is as long; a list that is searched for each item takes 1,000

/** Answers in time, or fails. What else the process does may disturb one try, but not each of three. */
function answersSoon(request: string | Uint8Array, name: string): { code?: string } {
  const times: number[] = [];
  for (let tries = 0; tries < 3; tries++) {
    const [plainly, answer] = [answerTo(plain), answerTo(request)];
    times.push(answer.ms / plainly.ms);
    if ((times.at(-1) ?? 0) < LONGEST) return JSON.parse(answer.text);
  }
  assert.fail(`${name}: ${times.map(Math.round).join(", ")} times as long as a plain request`);
}

/** The answer, and the processor time that it took: a busy machine lengthens no other. */
function answerTo(request: string | Uint8Array): { text: string; ms: number } {
  const time = cpuTime();
  const text = answerOf(core, request);
  return { text, ms: time() };
}

// Each text is written once, and put where the field's text stands.
const written = texts.map(
  ([name, value]) => [name, encoder.encode(JSON.stringify(value).slice(1, -1))] as const,
);

for (const [first, [field, request]] of fields.entries()) {
  test(`10 MiB in ${field} are answered as soon as other 10 MiB are`, () => {
    const parts = JSON.stringify(request("@")).split("@");
    for (const [name, value] of sampleOf(written, 9, first)) {
      const chunks = parts.flatMap((part, i) =>
        i === 0 ? [encoder.encode(part)] : [value, encoder.encode(part)],
      );
      answersSoon(joined(chunks), name);
    }
  });
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

const times = 100_000;
const structures: readonly (readonly [name: string, json: string, code: string | undefined])[] = [
  ["lists in lists", "[".repeat(times), "wrong-type"],
  ["records in records", '{"sandbox":'.repeat(times), "unknown-field"],
  [
    "lists in lists in a field",
    `{"op":"prepare","sandbox":{"id":"s1","sandboxBindMounts":${"[".repeat(times)}`,
    "wrong-type",
  ],
  ["lists in lists in an unknown field", `{"x":${"[".repeat(times)}${"]".repeat(times)}}`, "unknown-field"],
  [
    "records in annotations",
    `{"op":"shareRootFilesystem","sandbox":{"id":"s1"},"container":{"id":"c1","annotations":${'{"a":'.repeat(times)}`,
    "wrong-type",
  ],
  ["sandbox bind mounts", sandboxWith(Array.from({ length: times }, (_, i) => `/m/${i}`)), undefined],
  [
    "sandbox bind mounts with one name",
    sandboxWith(Array.from({ length: times }, (_, i) => `/${i}/m`)),
    "duplicate-name",
  ],
  [
    "sandbox bind mounts, two alike at the end",
    sandboxWith([...Array.from({ length: times - 1 }, (_, i) => `/m/${i}`), "/n/0"]),
    "duplicate-name",
  ],
  [
    "sandbox bind mounts of 4 KiB",
    sandboxWith(Array.from({ length: 10_000 }, (_, i) => `${"/x".repeat(2040)}/${i}`)),
    undefined,
  ],
  [
    "sandbox bind mounts in a directory of 4 KiB",
    sandboxWith(
      Array.from({ length: times }, (_, i) => `/m/${i}`),
      `/${"h".repeat(4000)}`,
    ),
    "too-large",
  ],
  [
    "too many sandbox bind mounts",
    sandboxWith(Array.from({ length: times + 1 }, (_, i) => `/m/${i}`)),
    "too-many",
  ],
  [
    "very many items",
    `{"op":"cleanup","sandbox":{"id":"s1"},"revoke":["a"${',"a"'.repeat(4_000_000)}]}`,
    "too-many",
  ],
  [
    "shares to revoke",
    JSON.stringify({ op: "cleanup", sandbox: { id: "s1" }, revoke: Array(times).fill("c1/rootfs") }),
    undefined,
  ],
  ["options", JSON.stringify(fileOf({ options: Array(times).fill("ro") })), undefined],
  ["words for propagation", JSON.stringify(fileOf({ options: Array(times).fill("rslave") })), undefined],
  ["unknown options", JSON.stringify(fileOf({ options: Array(times).fill("x") })), "unsupported-option"],
  [
    "layers",
    JSON.stringify(rootOf({ rootFs: { options: Array(times).fill("io.katacontainers.fs-opt.layer=a") } })),
    undefined,
  ],
  [
    "mounts of a container",
    JSON.stringify(
      rootOf({
        rootFs: { target: "/r" },
        mounts: Array(times).fill({ destination: "/a", options: ["x", "y"] }),
      }),
    ),
    undefined,
  ],
  [
    "annotations",
    JSON.stringify(
      rootOf({
        rootFs: { target: "/r" },
        annotations: Object.fromEntries(Array.from({ length: times }, (_, i) => [`a${i}`, ""])),
      }),
    ),
    undefined,
  ],
  [
    "too many annotations",
    JSON.stringify(
      rootOf({ annotations: Object.fromEntries(Array.from({ length: times + 1 }, (_, i) => [`a${i}`, ""])) }),
    ),
    "too-many",
  ],
  [
    "one field again and again",
    `{${'"op":"prepare",'.repeat(times)}"sandbox":{"id":"s1"}}`,
    "duplicate-field",
  ],
  ["unknown fields", `{${Array.from({ length: times }, (_, i) => `"${i}":0`).join(",")}}`, "unknown-field"],
  ["digits", `{"op":"prepare","sandbox":{"id":"s1","shmSize":${"9".repeat(times)}}}`, "out-of-range"],
  ["zeros", `{"op":"prepare","sandbox":{"id":"s1","shmSize":${"0".repeat(times)}}}`, "not-json"],
  ["white space", " ".repeat(10 << 20), "not-json"],
  ["commas", ",".repeat(times), "not-json"],
  ["escapes that are left open", `{"op":"${"\\u0041".repeat(times)}`, "not-json"],
];

const digits = (count: number) => Array.from({ length: count }, (_, i) => i.toString(16).padStart(16, "0"));

function containerOf(container: { mounts: readonly object[] }, root: object = { target: "/r" }): string {
  const random = digits(container.mounts.length);
  const whole = { id: "c1", rootFs: root, ...container };
  return JSON.stringify({ op: "shareContainer", sandbox: { id: "s1" }, container: whole, random });
}

const many = (count: number, item: (i: number) => object) => Array.from({ length: count }, (_, i) => item(i));
const huge = { filesystem: "hugetlbfs", filesystemOptions: ["pagesize=2M"] };
const containers: readonly (readonly [name: string, json: string, code: string | undefined])[] = [
  [
    "layers of erofs",
    JSON.stringify(
      rootOf({
        rootFs: { type: "overlay", options: ["lowerdir=/io.containerd.snapshotter.v1.erofs/1"] },
        devices: many(20_000, (i) => ({ path: "layer.erofs", blockDrive: { scsiAddr: `0:${i}` } })),
      }),
    ),
    "too-many",
  ],
  [
    "mounts of huge pages with many limits",
    containerOf({
      mounts: many(5000, (i) => ({ destination: `/${i}`, type: "local", source: "/x", facts: huge })),
      ...{ hugepageLimits: many(50_000, () => ({ pageSize: "2097152", limit: 1 })) },
    }),
    undefined,
  ],
  [
    "mounts of one watched source with many options",
    containerOf({
      mounts: many(5000, (i) => ({
        destination: `/${i}`,
        source: "/kubernetes.io~secret/x",
        options: i === 0 ? Array(times).fill("ro") : ["ro"],
        facts: { identity: "0:1" },
      })),
    }),
    undefined,
  ],
  [
    "mounts with long destinations, whose plan is longer than 64 MiB",
    containerOf({ mounts: many(18_000, (i) => ({ destination: `/${"d".repeat(2000)}${i}`, type: "proc" })) }),
    "too-large",
  ],
  [
    "shares",
    containerOf({ mounts: many(60_000, (i) => ({ destination: `/${i}`, source: `/${i}` })) }),
    undefined,
  ],
  [
    "mounts of one source",
    containerOf({
      mounts: many(60_000, (i) => ({ destination: `/${i}`, source: "/a", facts: { identity: "0:1" } })),
    }),
    undefined,
  ],
  [
    "destinations within each other",
    containerOf({ mounts: many(1000, (i) => ({ destination: "/a".repeat(i + 1), type: "proc" })) }),
    undefined,
  ],
  [
    "destinations that cover each other",
    containerOf({ mounts: many(1000, (i) => ({ destination: "/a".repeat(1000 - i), type: "proc" })) }),
    undefined,
  ],
  [
    "mounts at one destination",
    containerOf({ mounts: many(60_000, () => ({ destination: "/a", type: "proc" })) }),
    undefined,
  ],
];

for (const [name, json, code] of containers) {
  test(`a container with very many ${name} is answered soon`, () => {
    assert.equal(answersSoon(json, name).code, code);
  });
}

function sandboxWith(sandboxBindMounts: readonly string[], hostDir = "/h"): string {
  return JSON.stringify({ op: "prepare", sandbox: { id: "s1", hostDir, sandboxBindMounts } });
}

for (const [name, json, code] of structures) {
  test(`${name}, 100,000 or as told, are answered soon`, () => {
    assert.equal(answersSoon(json, name).code, code);
    assert.equal(answersSoon(encoder.encode(json), name).code, code);
  });
}

test("a double among many annotations is refused", () => {
  for (const count of [2, 31, 32, 33, 40, 1000]) {
    const names = Array.from({ length: count }, (_, i) => `"k${i}":""`);
    const json = (last: string) =>
      `{"op":"shareRootFilesystem","sandbox":{"id":"s1"},"container":{"id":"c1","rootFs":{"target":"/r"},"annotations":{${names.join(",")},${last}}}}`;
    assert.equal(JSON.parse(answerOf(core, json('"z":""'))).code, undefined);
    for (const double of [0, count >> 1, count - 1]) {
      const { code, path } = JSON.parse(answerOf(core, json(`"k${double}":""`)));
      assert.deepEqual(
        [code, path],
        ["duplicate-field", `container.annotations.k${double}`],
        `${double} of ${count}`,
      );
    }
  }
});

test("names that were chosen to have one FNV-1a hash are answered soon", () => {
  assert.equal(answersSoon(sandboxWith(collisions(16)), "one hash").code, undefined);
});

/** 2^levels paths whose last names have one 32-bit FNV-1a hash: at each level two blocks that lead to one state. */
function collisions(levels: number): string[] {
  let state = 0x811c9dc5;
  let names = ["/"];
  for (let level = 0; level < levels; level++) {
    const [first, second, next] = collidingBlocks(state);
    names = names.flatMap((name) => [name + first, name + second]);
    state = next;
  }
  return names;
}

function collidingBlocks(state: number): [first: string, second: string, next: number] {
  const seen = new Map<number, string>();
  for (let number = 0; ; number++) {
    const block = (Math.imul(number, 0x9e3779b1) >>> 0).toString(36).padStart(7, "0");
    let hash = state;
    for (let i = 0; i < block.length; i++) hash = Math.imul(hash ^ block.charCodeAt(i), 0x01000193) >>> 0;
    const other = seen.get(hash);
    if (other !== undefined) return [other, block, hash];
    seen.set(hash, block);
  }
}
