// Any number of shares by one device, which come and go while the machine runs.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { Machine, type MachineProcess, openShares, type Share } from "../../vm/mod.ts";
import { mountTest } from "../support/scratch.ts";
import { endOf, machineTest } from "./support/vm-machine.ts";

const MANY = 1000;
const CHANGES = 200;
const KEPT = 10;
const PERIODS = 2;

mountTest("a machine has a thousand shares by one device", async (scratch) => {
  const shares = await openShares({ id: "s1", directory: scratch.hostDir });
  const source = scratch.directory("source");
  for (let at = 0; at < MANY; at++) {
    writeFileSync(`${source}/${at}`, `${at}\n`);
    await shares.add({ source: `${source}/${at}`, target: `/many/${at}`, mode: "ro" });
  }
  // The view alone: the time of a thousand mounts in an emulated guest is no matter of the host's.
  const { tag, directory } = shares;
  const view = { kind: "view", filesystem: "virtiofs", source: tag, target: "/view", options: [] } as const;
  const machine = await Machine.start({ tag, directory, guestMounts: async () => [view] });
  try {
    const { stdout } = await endOf(machine, ["sh", "-c", "cat /view/*many* | sort -n"]);
    assert.deepEqual(stdout.split("\n").filter(Boolean).map(Number), [...Array(MANY).keys()]);
  } finally {
    await machine.stop();
    await shares.close();
  }
});

// Looks once a period of the cache (cache=auto: a second) whether a change is at its target, and says how often it looked in vain.
const looking = `
while read -r what at; do
  periods=0
  while if [ "$(cat /many/$at 2>/dev/null)" = "$at" ]; then [ $what = remove ]; else [ $what = add ]; fi; do
    [ $periods -gt ${PERIODS} ] && break
    sleep 1
    periods=$((periods + 1))
  done
  echo $what $at $periods
done
`;

/** Asks a guest that looks; what it says. */
async function asking(child: MachineProcess): Promise<(line: string) => Promise<string>> {
  const [writer, reader] = [child.stdin.getWriter(), child.stdout.getReader()];
  return async (line) => {
    await writer.write(new TextEncoder().encode(`${line}\n`));
    let said = "";
    while (!said.endsWith("\n")) {
      const { value, done } = await reader.read();
      assert.ok(!done, "it goes on looking");
      said += new TextDecoder().decode(value);
    }
    return said.trimEnd();
  };
}

machineTest(
  "a guest has each of two hundred changes at its target within two periods of its cache, and loses none",
  async ({ scratch, shares, machine, sh }) => {
    const source = scratch.directory("source");
    const added: [at: number, share: Share][] = [];
    const ask = await asking(await machine.run(["sh", "-c", looking]));
    const late: string[] = [];
    const look = async (what: "add" | "remove", at: number) => {
      await machine.refresh(); // what follows the shares does that: from here on only the guest's cache is in the way
      const said = await ask(`${what} ${at}`);
      const [, , periods = ""] = said.split(" ");
      assert.ok(said.startsWith(`${what} ${at} `), said);
      if (Number(periods) > PERIODS) late.push(said);
    };
    for (let change = 0; change < CHANGES; change++) {
      const [oldest] = added;
      if (oldest && added.length >= KEPT && change % 2 === 1) {
        added.shift();
        await oldest[1].remove();
        await look("remove", oldest[0]);
        continue;
      }
      writeFileSync(`${source}/${change}`, `${change}\n`);
      const share = { source: `${source}/${change}`, target: `/many/${change}`, mode: "ro" } as const;
      added.push([change, await shares.add(share)]);
      await look("add", change);
    }
    assert.deepEqual(late, []);
    const { stdout } = await sh("cat /many/* | sort -n");
    assert.deepEqual(
      stdout.split("\n").filter(Boolean).map(Number),
      added.map(([at]) => at),
    );
  },
);
