import { mountTest } from "../support/scratch.ts";
import { runExample } from "./support/rows/example.ts";
import { playedGuest } from "./support/rows/played-guest.ts";
import { rows } from "./support/rows/rows.ts";
import { runRow } from "./support/rows/run-row.ts";

for (const row of rows.filter(({ needs }) => needs === undefined))
  mountTest(`${row.what} (the agent is played)`, async (scratch) => {
    await runRow(scratch, row, playedGuest);
  });

mountTest("a runtime of thirty lines runs a bundle, with an agent that is played", (scratch) =>
  runExample(scratch, playedGuest),
);
