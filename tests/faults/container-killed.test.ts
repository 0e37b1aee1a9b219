import assert from "node:assert/strict";
import type { Mount } from "../../ffi/mod.ts";
import { killable } from "../support/faults/wrapped-libc.ts";
import { mountsBelow, mountTmpfs } from "../support/mounts.ts";
import type { Call } from "../support/programs/obey.ts";
import { libc } from "../support/runtimes.ts";
import { sampleOf } from "../support/sample.ts";
import { assertUsed, containerWith, digitsFor, shapeBetween, usersOf } from "../support/sandbox/together.ts";
import { Worker } from "../support/sandbox/worker.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";
import { shapeOf } from "../support/state.ts";

function containers(scratch: Scratch) {
  mountTmpfs(scratch.directory("tree/below"));
  scratch.file("tree/below/deep");
  const bind = (source: string, ...options: string[]): Mount => ({
    ...{ source, destination: source, type: "bind", options },
  });
  const mounts = [bind(scratch.file("f"), "ro"), bind(`${scratch.path}/tree`, "rbind", "ro")];
  return { c1: containerWith(scratch, "c1", mounts), c2: containerWith(scratch, "c2", mounts) };
}

type Row = [what: string, others: readonly ("c1" | "c2")[], method: "shareContainer" | "unshareContainer"];
const rows: readonly Row[] = [
  ["sharing a container", [], "shareContainer"],
  ["sharing a container whose shares another one has", ["c2"], "shareContainer"],
  ["unsharing a container", ["c1"], "unshareContainer"],
  ["unsharing a container whose shares another one has", ["c1", "c2"], "unshareContainer"],
];

for (const [what, others, method] of rows) {
  mountTest(`${what}, killed before each call: another process unshares or shares it`, async (scratch) => {
    const both = containers(scratch);
    const inSources = shapeOf(`${scratch.path}/tree`);
    const call: Call = [method, both.c1];
    const share = scratch.share();
    const begin = async () => {
      await share.prepare();
      for (const id of others) await share.shareContainer(both[id]);
    };
    await begin();
    const killed = killable(libc);
    await scratch.share({}, { libc: killed })[method](both.c1);
    await share.cleanup();
    assert.ok(killed.places.length >= 6, `only ${killed.places.length} calls change anything`);
    for (const { at, name } of sampleOf(killed.places, 3, others.length)) {
      const worker = await Worker.start();
      await begin();
      const ended = await worker.die({ sandbox: scratch.sandbox(), calls: [call], killAt: at });
      assert.equal(ended.signal, "SIGKILL", `call ${at}: ${ended.stdout}${ended.stderr}`);
      const told = `killed before call ${at}, ${name}`;
      if (at % 2 === 0) {
        await share.shareContainer(both.c1, { random: digitsFor(both.c1) });
        const names = Object.values(usersOf(scratch)).filter((users) => users.includes("c1"));
        assert.ok(names.length >= 2, told);
      }
      await share.unshareContainer(both.c1);
      assertUsed(scratch, told);
      const left = Object.values(usersOf(scratch));
      assert.deepEqual(left, others.includes("c2") ? [["c2"], ["c2"]] : [], told);
      await share.unshareContainer(both.c2);
      assert.deepEqual(
        shapeBetween(scratch).filter((line) => /sandbox-|c1|c2/.test(line)),
        [],
        told,
      );
      assert.equal(mountsBelow(scratch.hostDir).length, 3, told);
      await share.cleanup();
      assert.deepEqual(shapeOf(scratch.hostDir), [". directory 0755"], told);
    }
    assert.deepEqual(shapeOf(`${scratch.path}/tree`), inSources);
  });
}
