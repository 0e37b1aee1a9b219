import assert from "node:assert/strict";
import test from "node:test";
import { stemGroups, temporaryName } from "../../ffi/copy/temporary-name.ts";
import { withExtension } from "../../ffi/guest/copy-rules.ts";

// As Rust's Path::set_extension("tmp") has them.
const rows: readonly (readonly [name: string, temporary: string])[] = [
  ["a", "a.tmp"],
  ["a.txt", "a.tmp"],
  ["tls.crt", "tls.tmp"],
  ["a.tmp", "a.tmp"],
  ["a.tmp.tmp", "a.tmp.tmp"],
  ["a.tmp.txt", "a.tmp.tmp"],
  ["a.tar.gz", "a.tar.tmp"],
  [".bashrc", ".bashrc.tmp"],
  [".bashrc.bak", ".bashrc.tmp"],
  [".tmp", ".tmp.tmp"], // a dot in front begins no extension
  ["..data", "..tmp"], // the second one does
  ["..tmp", "..tmp"],
  ["...", "...tmp"],
  ["....", "....tmp"],
  ["a.", "a.tmp"],
  ["a..", "a..tmp"],
  [". ", ". .tmp"],
  ["a b.c d", "a b.tmp"],
  ["é.ü", "é.tmp"],
];

for (const [name, temporary] of rows) {
  test(`the agent writes ${JSON.stringify(name)} as ${JSON.stringify(temporary)} first`, () => {
    assert.equal(temporaryName(name), temporary);
    assert.equal(withExtension(name, "tmp"), temporary); // the guest's, which was written by itself
    assert.equal(temporaryName(temporary), temporary === ".tmp" ? ".tmp.tmp" : temporary);
  });
}

test("names of one temporary name come together, and the temporary name itself is the last", () => {
  const names = ["b", "a.txt", "a.tmp", "a-b", "a", "a.tmp.tmp", "b.tmp", "a.0", "a.tmp.x", "a.zip"];
  assert.deepEqual(
    [...stemGroups(names)].map((group) => group.names),
    [["a-b"], ["a", "a.0", "a.txt", "a.zip", "a.tmp"], ["a.tmp.x", "a.tmp.tmp"], ["b", "b.tmp"]],
  );
});
