import assert from "node:assert/strict";
import { playedGuest } from "../guest/support/rows/played-guest.ts";
import { rows } from "../guest/support/rows/rows.ts";
import { runRow } from "../guest/support/rows/run-row.ts";
import { ownRuntime } from "../support/runtimes.ts";
import { mountTest } from "../support/scratch.ts";
import { realGuest } from "./support/real-guest.ts";

const seenBy = new Map<string, unknown>();

for (const row of rows) {
  mountTest(`a real agent: ${row.what}`, async (scratch) => {
    seenBy.set(row.what, await runRow(scratch, row, realGuest, console.log));
    console.log(`SEEN: ${row.what}: ${JSON.stringify(seenBy.get(row.what))}`);
  });
  // Which runtime plays it is no matter.
  if (row.onlyReal === undefined && ownRuntime === "node")
    mountTest(`the played agent is like the real one: ${row.what}`, async (scratch) => {
      assert.deepEqual(await runRow(scratch, row, playedGuest), seenBy.get(row.what));
    });
}
