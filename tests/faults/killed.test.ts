import assert from "node:assert/strict";
import type { FilesystemShare } from "../../ffi/mod.ts";
import { type Killable, killable } from "../support/faults/wrapped-libc.ts";
import { mountsBelow } from "../support/mounts.ts";
import type { Call } from "../support/programs/obey.ts";
import { libc } from "../support/runtimes.ts";
import { callsOf } from "../support/sample.ts";
import { type FullSandbox, fill, fullSandbox, withBindMounts } from "../support/sandbox/full.ts";
import { Worker } from "../support/sandbox/worker.ts";
import { mountTest, random, type Scratch } from "../support/scratch.ts";
import { shapeOf } from "../support/state.ts";

const container = { id: "c1" };

type Begin = (scratch: Scratch, full: FullSandbox) => Promise<unknown>;
const prepared: Begin = (scratch) => scratch.share(withBindMounts(scratch)).prepare();
const filled: Begin = fill;

const rows: readonly [name: string, begin: Begin, call: (full: FullSandbox) => Call][] = [
  ["prepare", async () => {}, () => ["prepare"]],
  ["a second prepare", filled, () => ["prepare"]],
  ["sharing a file", prepared, ({ file }) => ["shareFile", container, file, { random }]],
  ["sharing a tree of mounts", prepared, ({ tree }) => ["shareFile", container, tree, { random }]],
  ["sharing a root filesystem", prepared, ({ root }) => ["shareRootFilesystem", root]],
  ["unsharing a file", filled, ({ file }) => ["unshareFile", container, file]],
  ["unsharing a root filesystem", filled, ({ root }) => ["unshareRootFilesystem", root]],
  ["cleanup", filled, () => ["cleanup"]],
  ["cleanup that revokes", filled, () => ["cleanup", { revoke: true }]],
];

const perform = (share: FilesystemShare, [method, ...args]: Call) =>
  (share[method] as (...args: unknown[]) => Promise<unknown>).apply(share, args);

async function callsIn(scratch: Scratch, full: FullSandbox, begin: Begin, call: Call): Promise<Killable> {
  await begin(scratch, full);
  const killed = killable(libc);
  await perform(scratch.share(withBindMounts(scratch), { libc: killed }), call);
  await scratch.share().cleanup();
  return killed;
}

const seen = new Set<string>();

// Half of the kills are followed by cleanup alone, the others by all of a sandbox's life before it.
async function goOn(scratch: Scratch, full: FullSandbox, isUsed: boolean): Promise<void> {
  if (isUsed) {
    await fill(scratch, full);
    assert.equal(mountsBelow(scratch.inSandbox("mounts")).length, 7);
    assert.equal(mountsBelow(scratch.inSandbox("shared")).length, 7);
  }
  await scratch.share().cleanup();
}

for (const [first, [name, begin, callOf]] of rows.entries()) {
  mountTest(
    `${name}, killed before each call: cleanup leaves nothing, or prepare goes on`,
    async (scratch) => {
      const full = fullSandbox(scratch);
      const call = callOf(full);
      const { log, places } = await callsIn(scratch, full, begin, call);
      assert.ok(log.length >= 8, `only ${log.length} calls`);
      const inSources = shapeOf(`${scratch.path}/tree`);
      const chosen: number[] = [];
      const names = places.map(({ name }) => name);
      for (const place of callsOf(names, 4, first, seen)) {
        if (place > places.length) break;
        chosen.push(place);
      }
      assert.ok(chosen.length > 0);
      let next = Worker.start();
      for (const [i, place] of chosen.entries()) {
        const worker = await next;
        if (i + 1 < chosen.length) next = Worker.start(); // starts while this one dies
        const { at } = places[place - 1] as { at: number };
        await begin(scratch, full);
        const ended = await worker.die({
          sandbox: scratch.sandbox(withBindMounts(scratch)),
          calls: [call],
          killAt: at,
        });
        assert.equal(ended.signal, "SIGKILL", `call ${at}: ${ended.stdout}${ended.stderr}`);
        await goOn(scratch, full, place % 2 === 0);
        assert.deepEqual(shapeOf(scratch.hostDir), [". directory 0755"], `killed before call ${at}`);
        assert.deepEqual(shapeOf(`${scratch.path}/tree`), inSources);
      }
    },
  );
}
