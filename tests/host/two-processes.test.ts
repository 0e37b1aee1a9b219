import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import {
  bothOrders,
  endOf,
  look,
  type Operation,
  resultOf,
  type Sight,
} from "../support/arbitrary/orders.ts";
import type { Call } from "../support/programs/obey.ts";
import { ownRuntime, runtimes } from "../support/runtimes.ts";
import { rounds } from "../support/sample.ts";
import { Worker } from "../support/sandbox/worker.ts";
import { mountTest, random, type Scratch } from "../support/scratch.ts";

const operations: readonly Operation[] = ["prepare", "cleanup", "share", "unshare"];
const begins: readonly Sight[] = ["nothing", "prepared", "shared"];
const ROUNDS = rounds(8, 2); // in the whole run of each of 4 x 4 pairs from each of 3 beginnings: 384 for each pair of runtimes

function callOf(scratch: Scratch, operation: Operation): Call {
  const container = { id: "c1" };
  const mount = { source: `${scratch.path}/file`, destination: "/x", readOnly: true };
  switch (operation) {
    case "share":
      return ["shareFile", container, mount, { random }];
    case "unshare":
      return ["unshareFile", container, { ...mount, hostPath: scratch.hub(`c1-${random}-x`) }];
    default:
      return [operation];
  }
}

async function begin(scratch: Scratch, sight: Sight): Promise<void> {
  const share = scratch.share();
  if (sight === "nothing") return share.cleanup();
  await share.prepare();
  const operation = sight === "shared" ? "share" : "unshare";
  const [method, ...args] = callOf(scratch, operation);
  await (share[method] as (...args: unknown[]) => Promise<unknown>).apply(share, args);
}

for (const other of runtimes) {
  mountTest(
    `a ${ownRuntime} and a ${other} process at one sandbox end as one after the other would`,
    async (scratch) => {
      scratch.file("file");
      const sandbox = scratch.sandbox();
      const workers = [await Worker.start(), await Worker.start(other)] as const;
      const seen = new Map<string, number>();
      for (const sight of begins) {
        for (const pair of operations.flatMap((a) => operations.map((b) => [a, b] as const))) {
          for (let round = 0; round < ROUNDS; round++) {
            await begin(scratch, sight);
            assert.equal(look(scratch), sight);
            const startAt = Date.now() + 3;
            const [a, b] = await Promise.all(
              workers.map((worker, i) => {
                // A little apart, a different little each round: each may come first.
                const apart = i === round % 2 ? 0 : round / 4;
                return worker.obey({
                  sandbox,
                  calls: [callOf(scratch, pair[i] as Operation)],
                  startAt: startAt + apart,
                });
              }),
            );
            const ends = [a, b].map((outcomes) => endOf(outcomes?.[0] ?? { end: "lost" }));
            const result = resultOf(ends[0] as string, ends[1] as string, look(scratch));
            const allowed = bothOrders(sight, pair);
            assert.ok(
              allowed.includes(result),
              `${sight}, then ${pair} together: ${result}\nnot: ${allowed.join("\nnor: ")}`,
            );
            const order =
              allowed[0] === allowed[1] ? "either" : allowed.indexOf(result) === 0 ? "first" : "second";
            seen.set(order, (seen.get(order) ?? 0) + 1);
          }
        }
      }
      await Promise.all(workers.map((worker) => worker.end()));
      await scratch.share().cleanup();
      assert.equal(look(scratch), "nothing");
      assert.ok((seen.get("first") ?? 0) > 0 && (seen.get("second") ?? 0) > 0, JSON.stringify([...seen]));
    },
  );

  mountTest(
    `a ${ownRuntime} and a ${other} process share hundreds of files with one sandbox at once`,
    async (scratch) => {
      scratch.file("file");
      const sandbox = scratch.sandbox();
      const workers = await Promise.all([Worker.start(), Worker.start(other), Worker.start()]);
      const mount = { source: `${scratch.path}/file`, destination: "/x" };
      const shares = Array.from({ length: 150 }, (): Call => ["shareFile", { id: "c1" }, mount]);
      const calls: Call[] = [["prepare"], ...shares];
      const outcomes = await Promise.all(
        workers.map((worker) => worker.obey({ sandbox, calls, startAt: Date.now() + 5 })),
      );
      assert.deepEqual(
        outcomes.flat().filter(({ end }) => end !== "ok"),
        [],
      );
      assert.equal(readdirSync(scratch.inSandbox("shared")).length, 450);
      const cleanups = await Promise.all(
        workers.map((worker) => worker.obey({ sandbox, calls: [["cleanup"]] })),
      );
      assert.deepEqual(cleanups, [[{ end: "ok" }], [{ end: "ok" }], [{ end: "ok" }]]);
      assert.equal(look(scratch), "nothing");
      await Promise.all(workers.map((worker) => worker.end()));
    },
  );
}
