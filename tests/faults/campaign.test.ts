import assert from "node:assert/strict";
import { play } from "../campaign/campaign.ts";
import { roundsHere } from "../support/sample.ts";
import { mountTest } from "../support/scratch.ts";

// A few rounds of `npm run campaign`, always the same ones.
mountTest("in damaged sandboxes nothing is lost, and nothing left, whichever call fails", async (scratch) => {
  const { first, count } = roundsHere(300, 30);
  const { hits, wrong } = await play(scratch.path, { seed: 11, first, count });
  assert.deepEqual(wrong, []);
  assert.ok(hits > count / 4, `only ${hits} calls failed`);
});
