import assert from "node:assert/strict";
import { diceOf } from "../campaign/dice.ts";
import { Together } from "../campaign/together.ts";
import { runtimes } from "../support/runtimes.ts";
import { rounds } from "../support/sample.ts";
import { mountTest } from "../support/scratch.ts";

// A few rounds of `npm run campaign -- --engines`.
mountTest(
  "three engines at one sandbox, some killed, and a second namespace: nothing is lost, and nothing left",
  async (scratch) => {
    const names = runtimes.includes("deno")
      ? (["koffi", "ffi-rs", "deno"] as const)
      : (["koffi", "ffi-rs"] as const);
    const { kills, refused, wrong } = await new Together(scratch, diceOf(11, 0), names).play(rounds(25, 5));
    assert.deepEqual(wrong, []);
    assert.ok(kills > 0 && refused > 0, `${kills} kills, ${refused} refused`);
  },
);
