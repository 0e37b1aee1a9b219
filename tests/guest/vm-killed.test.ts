// `guestshare run` that is killed: no process is left, and `guestshare gc` removes the rest.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { runCommand } from "../support/cli/run-command.ts";
import { mountTest } from "../support/scratch.ts";
import { eventually } from "./support/eventually.ts";
import { machinesLeft } from "./support/guest-test.ts";
import { leftOf, startRun } from "./support/run-command.ts";

const KILLS = 10;
const LATEST_MS = 8000;

mountTest("what is left of a run that was killed at any moment, gc removes", async (scratch) => {
  const temporary = process.env.TMPDIR ?? "/tmp";
  const files = () => readdirSync(temporary).filter((name) => name.startsWith("guestshare-machine-"));
  const before = files();
  const work = scratch.directory("work");
  for (let round = 0; round < KILLS; round++) {
    const afterMs = Math.round(((round + Math.random()) / KILLS) * LATEST_MS);
    const child = startRun(scratch, ["-v", `${work}:/data:ro`, work, "--", "sleep", "1000"]);
    await sleep(afterMs);
    await child.kill();
    await eventually(async () => assert.deepEqual(machinesLeft(), [], `killed after ${afterMs} ms`));
    const words = ["gc", "--host-dir", scratch.hostDir, "--none-living", "--grace", "0s", "--yes"];
    const { exitCode, stderr } = runCommand(words);
    assert.equal(exitCode, 0, stderr);
    assert.deepEqual(leftOf(scratch), [], `killed after ${afterMs} ms`);
  }
  assert.deepEqual(files(), before);
});
