import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { packageRoot } from "../support/package-root.ts";
import { ChoiceError, choose } from "../support/runner/choice.ts";
import { type Combination, combinations, wordsOf } from "../support/runner/combinations.ts";

// What the words of `npm test -- WORDS` choose.

const seconds = { short: 1, whole: 2 };
const host = { folder: "host", seconds } as const;
const offered: readonly Combination[] = [
  { ...host, runtime: "node", libc: "koffi", propagation: "private", isInShort: true },
  { ...host, runtime: "deno", propagation: "shared", isInShort: true, later: ["guard"] },
  { ...host, runtime: "deno", propagation: "private", isInShort: false },
  { folder: "core", runtime: "node", isInShort: true, seconds },
  { folder: "core", runtime: "deno", isInShort: true, seconds },
  { folder: "guest", runtime: "node", only: ["fight"], isInShort: false, seconds },
];
const files: Record<string, string[]> = {
  host: ["host/guard", "host/lock", "host/shared-volumes"],
  core: ["core/abi", "core/layout"],
  guest: ["guest/fight", "guest/shell"],
};
const offer = { combinations: offered, filesOf: (folder: string) => files[folder] ?? [] };

const chosenBy = (words: readonly string[], isShort = true) =>
  choose(offer, words, isShort).map((one) => `${wordsOf(one.combination).join(" ")}: ${one.files.join(" ")}`);

const allOfHost = "host/guard host/lock host/shared-volumes";
const allOfCore = "core/abi core/layout";

const rows: readonly [words: string, chosen: readonly string[]][] = [
  ["core", [`core node: ${allOfCore}`, `core deno: ${allOfCore}`]],
  ["core deno", [`core deno: ${allOfCore}`]],
  // Some files are for later, unless words name the folder or a file.
  ["deno", ["host deno shared: host/lock host/shared-volumes", `core deno: ${allOfCore}`]],
  ["guard deno", ["host deno shared: host/guard"]],
  ["core host deno", [`host deno shared: ${allOfHost}`, `core deno: ${allOfCore}`]],
  ["core core node node", [`core node: ${allOfCore}`]],
  ["layout lock node", ["host node koffi private: host/lock", "core node: core/layout"]],
  ["tests/core/layout.test.ts deno", ["core deno: core/layout"]],
  ["./dist/tests/core/layout.test.js deno", ["core deno: core/layout"]],
  ["core/ node", [`core node: ${allOfCore}`]],
  // A part's word is no piece of a name.
  ["shared", ["host deno shared: host/lock host/shared-volumes"]],
  ["shared-v shared", ["host deno shared: host/shared-volumes"]],
  // The short run has no such part, unless it is asked for.
  ["private", [`host node koffi private: ${allOfHost}`]],
  ["private deno", [`host deno private: ${allOfHost}`]],
  ["guest", ["guest node: guest/fight"]],
  ["fight", ["guest node: guest/fight"]],
];

for (const [words, chosen] of rows) {
  test(`the short run takes of "${words}" what is meant`, () => {
    assert.deepEqual(chosenBy(words.split(" ")), chosen);
  });
}

test("without words the short run has some of all parts, and the whole one has all", () => {
  assert.equal(chosenBy([]).length, 4);
  assert.equal(chosenBy([], false).length, offered.length);
});

const refused: readonly [words: string, reason: RegExp][] = [
  [
    "nonsense",
    /"nonsense": it is no part, and in the name of no file\nParts: host .*deno.*\nFiles of host: g/,
  ],
  ["core nonsense", /"nonsense"/],
  ["guard nonsense", /"nonsense"/],
  ["--al", /"--al"/],
  ["shell", /nothing of "shell" is left/], // its only part has other files
  ["core guard", /"core" and "guard": nothing of "core" and "guard" is left/],
  ["core shared", /nothing of "core" and "shared" is left/],
  ["core node guard lock layout", /nothing of "guard" and "lock" is left/],
];

for (const [words, reason] of refused) {
  test(`"${words}" is refused, for a word of it chooses nothing`, () => {
    assert.throws(
      () => chosenBy(words.split(" ")),
      (error) => error instanceof ChoiceError && reason.test(error.message),
    );
  });
}

test("what is for later is there, and no more than half of a folder but of the page's", () => {
  for (const { folder, later = [] } of combinations) {
    const names = readdirSync(`${packageRoot}/tests/${folder}`);
    for (const name of later) assert.ok(names.includes(`${name}.test.ts`), `${folder}/${name}`);
    assert.ok(folder === "browser" || later.length * 2 < names.length, folder);
  }
});

test("of what makes mounts the short run tries each file on one of the runtimes, but for what takes longest", () => {
  const left = ["host", "faults", "vm"].flatMap((folder) => {
    const [first = [], ...others] = combinations
      .filter((one) => one.folder === folder && one.isInShort)
      .map((one) => one.later ?? []);
    return first.filter((name) => others.every((names) => names.includes(name)));
  });
  assert.deepEqual(left, [
    "container-two-processes",
    "documented-runtime",
    "mount-table-full",
    "namespace-users",
  ]);
});

test("an empty word is refused: it would choose all", () => {
  assert.throws(() => chosenBy([""]), ChoiceError);
});

test("the short run has each folder but the guest's on each runtime, and mounts under both propagations", () => {
  const inShort = combinations
    .filter((one) => one.isInShort)
    .flatMap(({ folder, runtime, propagation }) => [
      `${folder} ${runtime}`,
      ...(propagation ? [`${folder} ${propagation}`] : []),
    ]);
  const expected = ["core", "input", "ttrpc", "agent", "copy", "host", "faults"].flatMap((folder) => [
    `${folder} node`,
    `${folder} deno`,
  ]);
  assert.deepEqual(
    [...expected, "host private", "host shared", "browser node"].filter((one) => !inShort.includes(one)),
    [],
  );
});

test("the whole run has all that mounts with each way to libc, and the host under both propagations on each runtime", () => {
  const names = combinations.map((one) => wordsOf(one).join(" "));
  for (const name of [
    ...["host node koffi private", "host node koffi shared", "host deno private", "host deno shared"],
    ...["faults node koffi private", "faults node koffi shared", "faults deno private", "faults deno shared"],
    ...[
      "host node ffi-rs private",
      "faults node ffi-rs private",
      "copy node ffi-rs",
      "guest node private",
      "guest node shared",
    ],
  ]) {
    assert.ok(names.includes(name), name);
  }
  assert.equal(new Set(names).size, names.length);
});
