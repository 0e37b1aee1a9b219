import assert from "node:assert/strict";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Agent, CopyFileRequest } from "../../ffi/agent/agent.ts";
import { copyTree } from "../../ffi/copy/copy-tree.ts";
import { hostOf } from "../../ffi/linux/host.ts";
import type { Libc } from "../../ffi/linux/libc.ts";
import { type CopyPlace, copyTest, shareDir } from "../support/copy/place.ts";
import { libc } from "../support/runtimes.ts";
import { sampleOf } from "../support/sample.ts";

// A directory that is moved while the walk is in it has another ".." than the one that the walk came from. The chain is
// deeper than directories are open at once, so that on the way back they are opened again.

const DEPTH = 72;
const STEP = 97;
const SECRET = "the secret, which is not in the tree";
const names = Array.from({ length: DEPTH }, (_, i) => `d${i}`);
const chain = (length: number) => names.slice(0, length).join("/");
// Before and after the next directory, in the order in which they are listed or not.
const files = ["a", "z"];

function makeChain(path: string, content: string): void {
  mkdirSync(join(path, chain(DEPTH)), { recursive: true });
  for (let length = 0; length <= DEPTH; length += 1)
    for (const file of files) writeFileSync(join(path, chain(length), file), content);
}

/** An agent that writes nothing, and what it was sent. */
function listening(): { agent: Agent; sent: Map<string, string> } {
  const sent = new Map<string, string>();
  const copyFile = async ({ path, data }: CopyFileRequest) => {
    sent.set(path.slice(`${shareDir}/c1`.length), Buffer.from(data).toString("latin1"));
  };
  const close = async () => {};
  return { agent: { copyFile, close, [Symbol.asyncDispose]: close }, sent };
}

async function copyWith(place: CopyPlace, call: Libc["call"]): Promise<Set<string>> {
  const { agent, sent } = listening();
  const changing = hostOf({ name: libc.name, call });
  await copyTree(changing, place.source, `${shareDir}/c1`, agent, { window: 2 });
  for (const [path, content] of sent) assert.notEqual(content, SECRET, path);
  return new Set(sent.keys());
}

// Where a directory is moved to: beside others that are called as those of the tree are, with the secret in them.
async function copyWhileMoved(place: CopyPlace, depth: number, at: number): Promise<[number, Set<string>]> {
  const moved = join(place.source, chain(depth));
  const aside = join(place.path, "outside", chain(Math.max(depth - 3, 0)), "moved");
  let calls = 0;
  const paths = await copyWith(place, (...args) => {
    calls += 1;
    if (calls === at) renameSync(moved, aside);
    return libc.call(...args);
  });
  if (calls >= at) renameSync(aside, moved);
  return [calls, paths];
}

for (const depth of [2, 40, DEPTH - 1]) {
  copyTest(
    `a walk in a directory that is moved out, ${depth} deep, stays in what was there`,
    async (place) => {
      makeChain(place.source, "innocent");
      makeChain(join(place.path, "outside"), SECRET);
      const [calls, all] = await copyWhileMoved(place, depth, Number.POSITIVE_INFINITY);
      assert.equal(all.size, (DEPTH + 1) * (files.length + 1));
      const places = Array.from({ length: Math.ceil(calls / STEP) }, (_, i) => 1 + i * STEP);
      for (const at of sampleOf(places, 4)) {
        const [, paths] = await copyWhileMoved(place, depth, at);
        const others = [...paths].filter((path) => !all.has(path));
        assert.deepEqual(others, [], `moved at call ${at}`);
      }
    },
  );
}

copyTest("a directory that is opened again is the one that was found, or is not read", async (place) => {
  makeChain(place.source, "innocent");
  makeChain(join(place.path, "outside"), SECRET);
  const own = join(place.source, chain(2));
  const other = join(place.path, "outside", chain(2));
  const exchange = () => {
    renameSync(own, `${place.path}/aside`);
    renameSync(other, own);
    renameSync(`${place.path}/aside`, other);
  };
  let opened = 0;
  await copyWith(place, (...args) => {
    const [name, , path] = args;
    const isOpened = name === "openat" && Buffer.from(path as Uint8Array).indexOf("d1\0") === 0;
    if (isOpened) opened += 1;
    if (!isOpened || opened === 1) return libc.call(...args);
    exchange();
    const result = libc.call(...args);
    exchange();
    return result;
  });
  assert.ok(opened > 1, "it was opened once");
});
