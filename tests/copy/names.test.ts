import assert from "node:assert/strict";
import { Buffer, isUtf8 } from "node:buffer";
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { namesIn } from "../../ffi/linux/c-strings.ts";
import { copyTest, reasonsOf } from "../support/copy/place.ts";
import { rounds } from "../support/sample.ts";

// A name is any bytes without "/" and NUL. It arrives, or is told by its bytes.

const MARK = [0xef, 0xbb, 0xbf]; // U+FEFF, which decoders like to take for a byte order mark

const byte = fc.oneof(fc.integer({ min: 1, max: 255 }), fc.constantFrom(0x2e, 0x61, ...MARK));
const rest = fc.array(
  byte.filter((one) => one !== 0x2f),
  { maxLength: 30 },
);
const anyName = fc
  .tuple(fc.constantFrom<number[]>([], MARK, [...MARK, ...MARK], [0x2e], MARK.slice(0, 2)), rest)
  .map((parts) => Buffer.from(parts.flat()))
  .filter((name) => name.length > 0 && ![".", ".."].includes(name.toString("latin1")));

/** What getdents64 gives for a name. */
function entryOf(name: Uint8Array): Uint8Array {
  const entry = new Uint8Array(19 + name.length + 1);
  entry[16] = entry.length;
  entry.set(name, 19);
  return entry;
}

test("for any bytes a name is a text whose UTF-8 they are, or is odd", () => {
  fc.assert(
    fc.property(anyName, (name) => {
      const odd: Buffer[] = [];
      const names = namesIn(entryOf(name), (bytes) => odd.push(Buffer.from(bytes)));
      assert.deepEqual([...names.map((text) => Buffer.from(text)), ...odd], [name]);
      assert.equal(odd.length === 0, isUtf8(name));
    }),
    { numRuns: rounds(5000, 500) },
  );
});

// Not every runtime can name files that have odd names.
function python(script: string, ...args: string[]): string {
  return execFileSync("python3", ["-c", script, ...args], { encoding: "utf8" });
}

function makeFiles(directory: string, names: readonly Uint8Array[]): void {
  const script = `
import os, sys
for name in sys.argv[2:]:
    with open(os.path.join(os.fsencode(sys.argv[1]), bytes.fromhex(name)), "w") as file: file.write(name)`;
  python(script, directory, ...names.map((name) => Buffer.from(name).toString("hex")));
}

function namesOf(directory: string): string[] {
  const script = `
import os, sys
for name in os.listdir(os.fsencode(sys.argv[1])): print(name.hex(), open(os.path.join(os.fsencode(sys.argv[1]), name)).read())`;
  return python(script, directory).split("\n").filter(Boolean).sort();
}

const shown = (name: Uint8Array) =>
  Array.from(name, (one) =>
    one >= 0x20 && one < 0x7f && one !== 0x5c
      ? String.fromCharCode(one)
      : `\\x${one.toString(16).padStart(2, "0")}`,
  ).join("");

copyTest("files of any names arrive with what is theirs, or are told by their bytes", async (place) => {
  const marked = ["\ufeff", "\ufeffa", "a", "\ufeff..", "\ufeff.", "\ufeff\ufeffa", "\ufeffonly", "b.\ufeff"];
  const sampled = fc.sample(anyName, { numRuns: 120, seed: 12 });
  const all = [...marked.map((name) => Buffer.from(name)), ...sampled];
  const names = [...new Map(all.map((name) => [name.toString("hex"), name])).values()];
  makeFiles(place.source, names);
  const { skipped, warnings } = await place.copy();
  const hex = (name: Buffer) => name.toString("hex");
  assert.deepEqual(
    namesOf(place.arrived()),
    names
      .filter((name) => isUtf8(name))
      .map((name) => `${hex(name)} ${hex(name)}`)
      .sort(),
  );
  const odd = names.filter((name) => !isUtf8(name)).map((name) => `${shown(name)}: odd-name`);
  assert.ok(odd.length > 10 && names.length - odd.length > 10);
  assert.deepEqual(reasonsOf(skipped, place.source), odd.sort());
  assert.deepEqual(warnings, []);
});

copyTest("directories of such names arrive too", async (place) => {
  for (const name of ["\ufeffd", "d", "\ufeff"]) {
    mkdirSync(join(place.source, name));
    makeFiles(join(place.source, name), [Buffer.from(`\ufeff${name}`)]);
  }
  const { skipped, warnings } = await place.copy();
  assert.deepEqual([skipped, warnings], [[], []]);
  assert.deepEqual(readdirSync(place.arrived()).sort(), readdirSync(place.source).sort());
  for (const name of ["\ufeffd", "d", "\ufeff"])
    assert.equal(
      readFileSync(place.arrived(`c1/${name}/\ufeff${name}`), "utf8"),
      Buffer.from(`\ufeff${name}`).toString("hex"),
    );
});

copyTest("a guest puts a file in the place of a directory that has any names in it", async (place) => {
  const names = ["\ufeff", "\ufeffa", "a"].map((name) => Buffer.from(name));
  for (const directory of ["c1", "c1/\ufeff"]) {
    mkdirSync(place.arrived(directory));
    makeFiles(
      place.arrived(directory),
      [...names, Buffer.from([0xff]), Buffer.from([0xef, 0xbb, 0x61])].filter(
        (name) => directory !== "c1" || !name.equals(Buffer.from("\ufeff")),
      ),
    );
  }
  makeFiles(place.source, [Buffer.from("f")]);
  await place.copy({}, { generation: "4.0" }, { source: join(place.source, "f") });
  assert.equal(readFileSync(place.arrived(), "utf8"), "66");
});
