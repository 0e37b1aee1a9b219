import assert from "node:assert/strict";
import { playedGuest } from "../guest/support/rows/played-guest.ts";
import { rows } from "../guest/support/rows/rows.ts";
import { runRow, type Seen } from "../guest/support/rows/run-row.ts";
import { notPlayed } from "../support/agent/agent-traits.ts";
import { ownRuntime } from "../support/runtimes.ts";
import { mountTest } from "../support/scratch.ts";
import { realGuest } from "./support/real-guest.ts";

const seenBy = new Map<string, Seen>();

for (const row of rows) {
  mountTest(`a real agent: ${row.what}`, async (scratch) => {
    const seen = await runRow(scratch, row, realGuest, { show: console.log });
    seenBy.set(row.what, seen);
    console.log(`SEEN: ${row.what}: ${JSON.stringify(seen.seen)}`);
  });
  // Which runtime plays it is no matter.
  if (ownRuntime !== "node") continue;
  if (row.needs !== undefined) console.log(`NOT PLAYED: ${row.what}: ${notPlayed[row.needs]}`);
  else
    mountTest(`an agent that is played by its traits is like the real one: ${row.what}`, async (scratch) => {
      const real = seenBy.get(row.what);
      const played = await runRow(scratch, row, playedGuest, { traits: real?.traits });
      assert.deepEqual(played.seen, real?.seen);
    });
}
