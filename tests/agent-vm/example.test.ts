import { runExample } from "../guest/support/rows/example.ts";
import { mountTest } from "../support/scratch.ts";
import { realGuest } from "./support/real-guest.ts";

mountTest("a runtime of thirty lines runs a bundle with a real agent", (scratch) =>
  runExample(scratch, realGuest),
);
