import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CopyError } from "../../ffi/copy/copy-error.ts";
import { listing } from "../support/copy/listing.ts";
import { makeAbove, reasonsOf } from "../support/copy/place.ts";
import { isTemporaryFile, lostReason } from "../support/copy/temporary-files.ts";
import { makeTraps, noise } from "../support/copy/traps.ts";
import { generation } from "./support/agent-program.ts";
import { agentTest } from "./support/agent-test.ts";

const MiB = 1024 * 1024;

for (const window of [1, 8, 64])
  agentTest(`a tree of traps arrives as it is: window ${window}`, async (place) => {
    makeTraps(place.source);
    const { skipped, warnings, entries } = await place.copy({ window });
    const all = listing(place.source);
    const lost = generation === "3.18" ? all.filter(isTemporaryFile) : [];
    assert.deepEqual(reasonsOf(skipped, place.source), lost.map(lostReason).sort());
    assert.deepEqual(warnings, []);
    const expected = all.filter((line) => !lost.includes(line));
    assert.deepEqual(listing(place.arrived()), expected);
    assert.equal(entries, expected.length);
  });

for (const size of [0, MiB - 1, MiB, MiB + 1])
  agentTest(`a file of ${size} bytes arrives`, async (place) => {
    const source = join(place.path, "file.bin");
    writeFileSync(source, noise(size, size));
    const { entries, bytes } = await place.copy({}, { source, name: "c1-file.bin" });
    assert.deepEqual([entries, bytes], [1, size]);
    assert.deepEqual(listing(place.arrived("c1-file.bin")), listing(source));
  });

agentTest("slices of the largest size arrive", async (place) => {
  const source = join(place.path, "file.bin");
  writeFileSync(source, noise(8 * MiB));
  await place.copy({ sliceBytes: 3 * MiB }, { source, name: "c1-file.bin" });
  assert.deepEqual(listing(place.arrived("c1-file.bin")), listing(source));
});

agentTest("a tree that is copied to the same path again is replaced", async (place) => {
  const file = (name: string, content: string) => writeFileSync(makeAbove(join(place.source, name)), content);
  file("a/longer.txt", "a long text");
  file("a/shorter.txt", "short");
  file("b/same", "same");
  await place.copy();
  file("a/longer.txt", "cut");
  file("a/shorter.txt", "a longer text");
  file("c/new", "came later");
  await place.copy();
  assert.deepEqual(listing(place.arrived()), listing(place.source));
});

agentTest("a tree of traps that is copied again arrives as it is from 4.0 on", async (place) => {
  makeTraps(place.source);
  await place.copy();
  if (generation !== "4.0") return assert.rejects(place.copy(), CopyError);
  const { skipped, warnings } = await place.copy();
  assert.deepEqual([skipped, warnings], [[], []]);
  assert.deepEqual(listing(place.arrived()), listing(place.source));
});

agentTest("a file that changes while it is copied is begun anew", async (place) => {
  const [shrinks, grows] = [join(place.source, "a.shrinks"), join(place.source, "a.grows")];
  writeFileSync(shrinks, noise(10_000));
  writeFileSync(grows, noise(3000));
  const seen = new Set<string>();
  const onRequest = ({ path }: { path: string }) => {
    if (seen.size === seen.add(path).size) return;
    if (path.endsWith("/a.shrinks")) truncateSync(shrinks, 1500);
    if (path.endsWith("/a.grows")) writeFileSync(grows, noise(5000, 2));
  };
  const { skipped, warnings } = await place.copy({ sliceBytes: 1000 }, { onRequest });
  assert.deepEqual([skipped, warnings], [[], []]);
  assert.deepEqual(listing(place.arrived()), listing(place.source));
});

agentTest("what is not UTF-8 is told, and nothing else is missing", async (place) => {
  const run = (...words: string[]) =>
    execFileSync("python3", ["-c", ["import os", ...words].join("\n")], { cwd: place.source });
  writeFileSync(join(place.source, "even"), "x");
  run("open(b'odd-\\xff', 'w')", "os.symlink(b'a\\xff', b'link')");
  const { skipped } = await place.copy();
  assert.deepEqual(reasonsOf(skipped, place.source), ["link: odd-link", "odd-\\xff: odd-name"]);
  run("os.unlink(b'odd-\\xff')", "os.unlink(b'link')");
  assert.deepEqual(listing(place.arrived()), listing(place.source));
});
