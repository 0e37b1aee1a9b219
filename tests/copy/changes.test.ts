import assert from "node:assert/strict";
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { CopyFileRequest } from "../../ffi/agent/agent.ts";
import { type Generation, generations } from "../../ffi/guest/generation.ts";
import { listing } from "../support/copy/listing.ts";
import { type CopyPlace, copyTest, makeAbove, reasonsOf } from "../support/copy/place.ts";
import { noise } from "../support/copy/traps.ts";

// The host's files change at the very moment when the agent gets a request.

/** A test with each generation. */
function changeTest(name: string, body: (place: CopyPlace, generation: Generation) => Promise<void>): void {
  for (const generation of generations)
    copyTest(`${name}: agent ${generation}`, (place) => body(place, generation));
}

/** Does something at the first request about a path, or at each. */
function at(name: string, change: (request: CopyFileRequest) => void, { always = false } = {}) {
  let isDone = false;
  return (request: CopyFileRequest): undefined => {
    if (!request.path.endsWith(`/c1/${name}`) || (isDone && !always)) return;
    isDone = true;
    change(request);
  };
}

changeTest("a file that shrinks is begun anew", async (place, generation) => {
  const file = join(place.source, "a.txt");
  writeFileSync(file, noise(10_000));
  writeFileSync(join(place.source, "a.zip"), "another of its stem, and short");
  const onRequest = at("a.txt", () => truncateSync(file, 1500));
  const result = await place.copy({ sliceBytes: 1000 }, { generation, onRequest });
  assert.deepEqual(listing(place.arrived()), listing(place.source));
  assert.deepEqual([result.skipped, result.warnings], [[], []]);
  assert.deepEqual([result.entries, result.bytes], [3, 1530]);
});

changeTest("a file that shrinks to what the agent has already is begun anew", async (place, generation) => {
  const file = join(place.source, "a.txt");
  writeFileSync(file, noise(5000));
  const onRequest = at("a.txt", () => writeFileSync(file, noise(2000, 2)));
  await place.copy({ sliceBytes: 1000 }, { generation, onRequest });
  assert.deepEqual(listing(place.arrived()), listing(place.source));
});

for (const [how, change] of [
  ["shrinks", (file: string) => writeFileSync(file, noise(500, 2))],
  ["gives way to a shorter one", (file: string) => [rmSync(file), writeFileSync(file, noise(500, 2))]],
] as const) {
  changeTest(`a temporary name that ${how} arrives, or with a warning`, async (place, generation) => {
    const file = join(place.source, "a.tmp");
    writeFileSync(file, noise(5000));
    const begun = at("a.tmp", () => writeFileSync(file, noise(6000)));
    const changed = at("a.tmp", () => change(file));
    const onRequest = (request: CopyFileRequest) => (request.data.length === 0 ? changed : begun)(request);
    const { skipped, warnings } = await place.copy({ sliceBytes: 1000 }, { generation, onRequest });
    const isLost = generation === "3.18";
    assert.deepEqual(reasonsOf(skipped, place.source), isLost ? ["a.tmp: temporary-name"] : []);
    // Nobody can tell from here which agents have the end of what was there before.
    assert.deepEqual(reasonsOf(warnings, place.source), isLost ? [] : ["a.tmp: changed"]);
    if (generation === "4.0") assert.deepEqual(listing(place.arrived()), listing(place.source));
  });
}

changeTest("a file that grows, or is written to, is begun anew", async (place, generation) => {
  const [grown, written] = [join(place.source, "grown"), join(place.source, "written")];
  writeFileSync(grown, noise(3000));
  writeFileSync(written, noise(3000));
  const first = at("grown", () => appendFileSync(grown, noise(700)));
  const second = at("written", () => writeFileSync(written, noise(3000, 3)));
  const onRequest = (request: CopyFileRequest) => first(request) ?? second(request);
  const { warnings, bytes } = await place.copy({ sliceBytes: 1000 }, { generation, onRequest });
  assert.deepEqual(listing(place.arrived()), listing(place.source));
  assert.deepEqual([warnings, bytes], [[], 6700]);
});

changeTest("a file that never stops growing arrives as it was, with a warning", async (place, generation) => {
  const log = join(place.source, "log");
  writeFileSync(log, noise(2500));
  const onRequest = at("log", () => appendFileSync(log, "more"), { always: true });
  const { warnings, skipped } = await place.copy({ sliceBytes: 1000 }, { generation, onRequest });
  assert.deepEqual([reasonsOf(warnings, place.source), skipped], [["log: changed"], []]);
  const arrived = readFileSync(place.arrived("c1/log"));
  assert.ok(arrived.length >= 2500 && readFileSync(log).subarray(0, arrived.length).equals(arrived));
});

changeTest("a file that never stops shrinking is skipped, and harms no other", async (place, generation) => {
  const file = join(place.source, "a.txt");
  let length = 200_000;
  writeFileSync(file, noise(length));
  writeFileSync(join(place.source, "a.zip"), "another of its stem, and short");
  const shrink = () => {
    length -= 1;
    truncateSync(file, length);
  };
  const onRequest = at("a.txt", shrink, { always: true });
  const { skipped, entries } = await place.copy({ sliceBytes: 10_000 }, { generation, onRequest });
  assert.deepEqual(reasonsOf(skipped, place.source), ["a.txt: changing"]);
  assert.equal(entries, 2);
  assert.equal(readFileSync(place.arrived("c1/a.zip"), "latin1"), "another of its stem, and short");
});

changeTest(
  "a file that is replaced by another before it is opened arrives as the other",
  async (place, generation) => {
    for (const name of ["a", "b", "c"]) writeFileSync(join(place.source, name), "old");
    const onRequest = at("a", () => {
      writeFileSync(join(place.path, "new"), "newer");
      renameSync(join(place.path, "new"), join(place.source, "b"));
      unlinkSync(join(place.source, "c"));
      writeFileSync(join(place.source, "d"), "came late");
    });
    const { skipped } = await place.copy({ window: 1 }, { generation, onRequest });
    assert.deepEqual(reasonsOf(skipped, place.source), ["c: vanished"]);
    assert.deepEqual(listing(place.arrived()), listing(place.source));
  },
);

changeTest("names of one stem that come late destroy nothing", async (place, generation) => {
  for (const name of ["a.tmp", "b.tmp/x", "z"]) writeFileSync(makeAbove(join(place.source, name)), name);
  symlinkSync("z", join(place.source, "c.tmp"));
  const onRequest = at("z", () => {
    for (const name of ["a.txt", "b.txt", "c.txt"]) writeFileSync(join(place.source, name), "late");
  });
  const { skipped, warnings } = await place.copy({ window: 1 }, { generation, onRequest });
  const late = ["b.txt: taken-name", "c.txt: taken-name"];
  const lost = generation === "3.18" ? ["a.tmp: temporary-name"] : [];
  assert.deepEqual(reasonsOf(skipped, place.source), [...lost, ...late]);
  assert.deepEqual(warnings, []);
  for (const { path } of skipped) unlinkSync(path);
  assert.deepEqual(listing(place.arrived()), listing(place.source));
});

changeTest("a stem whose first file is late has its temporary name last", async (place, generation) => {
  for (const name of ["a.md", "a.tmp", "b.md", "b.tmp/x", "m"])
    writeFileSync(makeAbove(join(place.source, name)), name);
  const swap = (name: string) => {
    writeFileSync(join(place.path, "new"), `new ${name}`);
    renameSync(join(place.path, "new"), join(place.source, name));
  };
  // Between the look at a stem and the reading of its second file.
  writeFileSync(join(place.source, "a.a"), "first of its stem");
  writeFileSync(join(place.source, "b.a"), "first of its stem");
  const first = at("a.a", () => swap("a.md"));
  const second = at("b.a", () => swap("b.md"));
  const onRequest = (request: CopyFileRequest) => first(request) ?? second(request);
  const { skipped } = await place.copy({}, { generation, onRequest });
  const lost = generation === "3.18" ? ["a.tmp: temporary-name"] : [];
  assert.deepEqual(reasonsOf(skipped, place.source), lost);
  for (const { path } of skipped) unlinkSync(path);
  assert.deepEqual(listing(place.arrived()), listing(place.source));
});

changeTest("a volume of kubelet's that is turned over arrives as the new one", async (place, generation) => {
  const turn = (name: string, old?: string) => {
    for (const key of ["k", "l"])
      writeFileSync(makeAbove(join(place.source, name, key)), `${key} of ${name}`);
    symlinkSync(name, join(place.source, "..data_tmp"));
    renameSync(join(place.source, "..data_tmp"), join(place.source, "..data"));
    if (old !== undefined) rmSync(join(place.source, old), { recursive: true });
  };
  turn("..1");
  for (const key of ["k", "l"]) symlinkSync(`..data/${key}`, join(place.source, key));
  const onRequest = at("..1/k", () => turn("..2", "..1"));
  const late = at("..2/l", () => turn("..3", "..2"));
  const { skipped } = await place.copy(
    { window: 2 },
    { generation, onRequest: (request) => onRequest(request) ?? late(request) },
  );
  assert.equal(readFileSync(place.arrived("c1/k"), "latin1"), "k of ..3");
  assert.equal(readFileSync(place.arrived("c1/l"), "latin1"), "l of ..3");
  for (const line of reasonsOf(skipped, place.source)) assert.match(line, /^\.\.[12](\/[kl])?: vanished$/);
});

changeTest("a directory that is moved away while it is copied is not followed", async (place, generation) => {
  for (let i = 0; i < 9; i += 1) writeFileSync(makeAbove(join(place.source, `d/e/f${i}`)), `${i}`);
  writeFileSync(makeAbove(join(place.path, "outside/e/secret")), "secret");
  const onRequest = at("d/e/f3", () => {
    renameSync(join(place.source, "d"), join(place.path, "moved"));
    symlinkSync(join(place.path, "outside"), join(place.source, "d"));
  });
  const { requests, skipped } = await place.copy({ window: 1 }, { generation, onRequest });
  assert.ok(!requests.some(({ path, data }) => path.includes("secret") || String(data).includes("secret")));
  assert.deepEqual(skipped, []);
  assert.deepEqual(listing(place.arrived("c1/d")), listing(join(place.path, "moved")));
});

copyTest("a directory that never stops changing is copied with a warning", async (place) => {
  mkdirSync(join(place.source, "busy"));
  let count = 0;
  const change = () => {
    count += 1;
    writeFileSync(join(place.source, `busy/f${count}`), "x");
  };
  change();
  const onRequest = ({ path }: CopyFileRequest): undefined => {
    if (path.includes("/busy/f")) change();
  };
  const { warnings, skipped, entries } = await place.copy({}, { onRequest });
  assert.deepEqual([reasonsOf(warnings, place.source), skipped], [["busy: changed"], []]);
  assert.ok(entries > 5 && entries < 20, `${entries} entries`);
});
