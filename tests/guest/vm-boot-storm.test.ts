import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { Machine, openShares } from "../../vm/mod.ts";
import { mountTest } from "../support/scratch.ts";
import { eventually } from "./support/eventually.ts";
import { machinesLeft } from "./support/guest-test.ts";
import { endOf } from "./support/vm-machine.ts";

mountTest(
  "what comes and goes in a storm while a guest boots is in its place when the storm is over",
  async (scratch) => {
    const source = scratch.directory("data");
    const shares = await openShares({ id: "s1", directory: scratch.hostDir });
    const starting = Machine.start(shares);
    const wanted: string[] = [];
    for (let round = 0; round < 100; round += 1) {
      const share = await shares.add({
        source,
        target: `/s/${round % 10}/${round}`,
        mode: round % 2 ? "ro" : "rw",
      });
      if (round % 9 === 0) wanted.push(share.target);
      else await share.remove();
    }
    const machine = await starting;
    await eventually(async () => {
      const { stdout } = await endOf(machine, ["sh", "-c", "grep -o ' /s/[^ ]*' /proc/mounts | sort"]);
      assert.deepEqual(stdout.split("\n").filter(Boolean), wanted.map((target) => ` ${target}`).sort());
    });
    await machine.stop();
    await shares.close();
    assert.deepEqual([readdirSync(scratch.hostDir), machinesLeft()], [[], []]);
  },
);
