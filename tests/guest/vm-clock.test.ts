// A guest whose kernel has not come to know its processor's timer, as on a host that was busy while it was measured.
import assert from "node:assert/strict";
import { env } from "node:process";
import { Machine, openShares } from "../../vm/mod.ts";
import { findTool } from "../support/runner/tools.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";
import { machinesLeft } from "./support/guest-test.ts";
import { endOf } from "./support/vm-machine.ts";

const GIVE_UP_MS = 180_000;

/** A directory for PATH whose QEMU has this word for its kernel, too. */
function qemuWithWord(scratch: Scratch, word: string): string {
  const qemu = findTool("qemu-system-x86_64");
  const script = `#!/bin/sh
for each do
  shift
  [ "$last" != -append ] || each="$each ${word}"
  last=$each
  set -- "$@" "$each"
done
exec ${qemu} "$@"
`;
  scratch.file("bin/qemu-system-x86_64", script, 0o755);
  return `${scratch.path}/bin`;
}

mountTest(
  "an emulated guest without its processor's timer has another one, and sleeps as long as it is to",
  async (scratch) => {
    const shares = await openShares({ id: "s1", directory: scratch.hostDir });
    const { PATH } = env;
    env.PATH = `${qemuWithWord(scratch, "nolapic_timer")}:${PATH}`;
    try {
      const machine = await Machine.start(shares, { accelerator: "tcg" });
      const giveUp = setTimeout(() => void machine.stop(), GIVE_UP_MS);
      const line = "grep -c nolapic_timer /proc/cmdline; sleep 1; echo over";
      const { stdout } = await endOf(machine, ["sh", "-c", line]).finally(() => clearTimeout(giveUp));
      assert.equal(stdout, "1\nover\n");
      await machine.stop();
    } finally {
      env.PATH = PATH;
      await shares.close();
    }
    assert.deepEqual(machinesLeft(), []);
  },
);
