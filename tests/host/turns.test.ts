import assert from "node:assert/strict";
import { closeSync, openSync, writeSync } from "node:fs";
import { Child } from "../support/child.ts";
import { commandOf, runtimes } from "../support/runtimes.ts";
import { mountTest } from "../support/scratch.ts";

// How long calls of one process may hold the lock together while another process waits (ffi/linux/lock-turn.ts).
const TURN_MS = 200;
const TIMES = 4;

for (const [how, crowd] of [
  ["whose queue is never empty", 400],
  ["that makes one call after the other", 1],
] as const) {
  for (const runtime of runtimes) {
    mountTest(`a process on ${runtime} gets its turn beside one ${how}`, async (scratch) => {
      const share = scratch.share();
      await share.prepare();
      const source = scratch.file("f");
      const mount = { source, destination: "/f" };
      const counter = scratch.file("counter", "0");
      const fd = openSync(counter, "r+");
      let calls = 0;
      let isOver = false;
      const work = async () => {
        while (!isOver) {
          const shared = await share.shareFile({ id: "c1" }, mount);
          await share.unshareFile({ id: "c1" }, { ...mount, hostPath: shared?.hostPath as string });
          calls += 2;
          writeSync(fd, `${calls}`, 0);
        }
      };
      const start = performance.now();
      const working = Array.from({ length: crowd }, work);
      const command = commandOf("taking-turns", runtime);
      const child = new Child([...command, JSON.stringify(scratch.sandbox()), source, counter, `${TIMES}`]);
      assert.equal(await child.line(), "ready");
      const waited = JSON.parse(await child.line()) as number[];
      isOver = true;
      await Promise.all(working);
      closeSync(fd);
      const callsOfTurn = (calls * TURN_MS) / (performance.now() - start);
      const turns = waited.map((count) => count / callsOfTurn).sort((a, b) => a - b);
      const median = turns[turns.length >> 1] as number;
      assert.equal(waited.length, 2 * TIMES);
      assert.ok(median < 3, `it waited for so many turns: ${turns.map((turn) => turn.toFixed(1)).join(" ")}`);
      await share.cleanup();
    });
  }
}
