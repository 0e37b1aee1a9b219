import assert from "node:assert/strict";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CopyFileRequest } from "../../ffi/agent/agent.ts";
import { copyTest, makeAbove, shareDir } from "../support/copy/place.ts";

const MiB = 1024 * 1024;

/** Names below "c1", "." for itself. */
function namesOf(requests: readonly CopyFileRequest[]): string[] {
  return requests.map(({ path }) => path.slice(`${shareDir}/c1`.length + 1) || ".");
}

const files = [
  { what: "an empty file", bytes: 0, sliceBytes: MiB, requests: [[0, 0]] },
  {
    what: "18 bytes, one at a time",
    bytes: 18,
    sliceBytes: 1,
    requests: Array.from({ length: 18 }, (_, i) => [i, 1]),
  },
  { what: "1 MiB", bytes: MiB, sliceBytes: MiB, requests: [[0, MiB]] },
  {
    what: "1 MiB and 1 byte",
    bytes: MiB + 1,
    sliceBytes: MiB,
    requests: [
      [0, MiB],
      [MiB, 1],
    ],
  },
];

for (const { what, bytes, sliceBytes, requests } of files) {
  copyTest(`${what} goes in ${requests.length} requests`, async (place) => {
    const source = join(place.path, "file");
    writeFileSync(source, Buffer.alloc(bytes, "x"));
    chmodSync(source, 0o644);
    const sent: [number, number][] = [];
    const onRequest = ({ offset, data }: CopyFileRequest) => void sent.push([offset, data.length]);
    const result = await place.copy(
      { sliceBytes },
      { onRequest: (request) => onRequest(request) as undefined },
      { source },
    );
    assert.deepEqual(sent, requests);
    for (const { fileMode, fileSize, dirMode, path } of result.requests) {
      assert.deepEqual([fileMode, fileSize, dirMode], [0o100644, bytes, 0x800001e8]);
      assert.equal(path, `${shareDir}/c1`);
    }
    assert.deepEqual([result.entries, result.bytes], [1, bytes]);
  });
}

copyTest(
  "a directory goes in one request, and once more when something was written into it",
  async (place) => {
    mkdirSync(join(place.source, "d"));
    mkdirSync(join(place.source, "e/f"), { recursive: true });
    for (const name of ["", "d", "e", "e/f"]) chmodSync(join(place.source, name), 0o755);
    const { requests } = await place.copy({ window: 1 });
    assert.deepEqual(namesOf(requests), [".", "d", "e", "e/f", "e", "."]);
    for (const { fileMode, fileSize, data } of requests)
      assert.deepEqual([fileMode, fileSize, data.length], [0o40755, 0, 0]);
  },
);

copyTest("a link goes in one request, with where it leads", async (place) => {
  symlinkSync("..data/k", join(place.source, "link"));
  const { requests } = await place.copy();
  const { fileMode, fileSize, data } = requests[1] as CopyFileRequest;
  assert.deepEqual([fileMode, fileSize, Buffer.from(data).toString()], [0o120777, 0, "..data/k"]);
});

copyTest("a directory is sent before what is in it and after it, and ..data last", async (place) => {
  for (const name of ["..2024/k", "a/b/c.txt", "a/b/c.md", "a/b/c.tmp", "z"])
    writeFileSync(makeAbove(join(place.source, name)), name);
  symlinkSync("..2024", join(place.source, "..data"));
  symlinkSync("..data/k", join(place.source, "k"));
  const onRequest = () => new Promise<undefined>((resolve) => setTimeout(resolve, Math.random() * 5));
  for (const window of [1, 2, 64]) {
    const { requests } = await place.copy({ window }, { onRequest }, { name: `c${window}` });
    const names = requests.map(({ path }) => path.slice(`${shareDir}/c${window}`.length + 1) || ".");
    assert.equal(names[0], ".");
    assert.deepEqual(names.slice(-2), ["..data", "."]);
    for (const name of ["a", "a/b"]) {
      const below = names.flatMap((other, i) => (other.startsWith(`${name}/`) ? [i] : []));
      assert.ok(names.indexOf(name) < Math.min(...below), `${name} first of ${names}`);
      assert.ok(names.lastIndexOf(name) > Math.max(...below), `${name} last of ${names}`);
    }
    const stem = names.filter((name) => name.startsWith("a/b/c"));
    assert.deepEqual(stem, ["a/b/c.md", "a/b/c.txt", "a/b/c.tmp"]);
  }
});

copyTest("a source that is a link is followed once", async (place) => {
  writeFileSync(join(place.source, "file"), "x");
  symlinkSync("source", join(place.path, "to-directory"));
  symlinkSync("source/file", join(place.path, "to-file"));
  const directory = await place.copy({}, {}, { source: join(place.path, "to-directory") });
  assert.deepEqual(namesOf(directory.requests), [".", "file", "."]);
  const file = await place.copy({}, {}, { source: join(place.path, "to-file"), name: "c2" });
  assert.deepEqual(
    file.requests.map(({ fileMode }) => fileMode & 0o170000),
    [0o100000],
  );
});

copyTest("no more requests and bytes are open than the window has", async (place) => {
  for (let i = 0; i < 40; i += 1) writeFileSync(join(place.source, `f${i}`), Buffer.alloc(i * 10_000, "x"));
  for (const [window, windowBytes] of [
    [1, MiB],
    [7, 16 * MiB],
    [64, MiB],
    [64, 400_000],
  ] as const) {
    let [open, bytes, most, mostBytes] = [0, 0, 0, 0];
    const onRequest = async ({ data }: CopyFileRequest) => {
      open += 1;
      bytes += data.length;
      most = Math.max(most, open);
      mostBytes = Math.max(mostBytes, bytes);
      // On a busy machine it takes a while until as many are open as may be.
      const turns = windowBytes === 16 * MiB && most < window ? 500 : 1;
      for (let turn = 0; turn < turns && (turn === 0 || most < window); turn += 1)
        await new Promise((resolve) => setTimeout(resolve, 2));
      open -= 1;
      bytes -= data.length;
      return undefined;
    };
    const sliceBytes = Math.min(windowBytes, 200_000);
    await place.copy(
      { window, windowBytes, sliceBytes },
      { onRequest },
      { name: `c${window}-${windowBytes}` },
    );
    assert.ok(
      most <= window && mostBytes <= windowBytes,
      `${most} of ${window}, ${mostBytes} of ${windowBytes}`,
    );
    if (windowBytes === 16 * MiB) assert.equal(most, window);
  }
});

copyTest("the progress says what has arrived", async (place) => {
  writeFileSync(join(place.source, "a"), Buffer.alloc(250, "x"));
  writeFileSync(join(place.source, "b"), "1234");
  const seen: string[] = [];
  await place.copy({
    ...{ window: 1, sliceBytes: 100 },
    onProgress: ({ entries, bytes, path }) =>
      seen.push(`${entries} ${bytes} ${path.slice(place.path.length)}`),
  });
  assert.deepEqual(seen, [
    "1 0 /source",
    "1 100 /source/a",
    "1 200 /source/a",
    "2 250 /source/a",
    "3 254 /source/b",
  ]);
});
