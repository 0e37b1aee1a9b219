// Any number of shares by one device, which come and go while the machine runs.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Machine, openShares } from "../../vm/mod.ts";
import { mountTest } from "../support/scratch.ts";
import { endOf } from "./support/vm-machine.ts";

const MANY = 1000;
const CHANGES = 200;
const CACHE_MS = 1000; // how long a guest believes what it has seen, with cache=auto

mountTest(
  "a machine has a thousand shares by one device, and sees each of two hundred changes in time",
  async (scratch) => {
    const shares = await openShares({ id: "s1", directory: scratch.hostDir });
    const source = scratch.directory("source");
    const pathOf = (at: number) => `${source}/${at}`;
    for (let at = 0; at < MANY + CHANGES; at++) writeFileSync(pathOf(at), `${at}\n`);
    const add = (at: number) => shares.add({ source: pathOf(at), target: `/many/${at}`, mode: "ro" });
    const handles = new Map<number, { remove(): Promise<void> }>();
    for (let at = 0; at < MANY; at++) handles.set(at, await add(at));
    // The view alone: the time of a thousand mounts in an emulated guest is no matter of the host's.
    const { tag, directory } = shares;
    const view = { kind: "view", filesystem: "virtiofs", source: tag, target: "/view", options: [] } as const;
    const machine = await Machine.start({ tag, directory, guestMounts: async () => [view] });
    try {
      const seen = async () => {
        const { stdout } = await endOf(machine, ["sh", "-c", "cat /view/*many* | sort -n"]);
        return stdout.split("\n").filter(Boolean).map(Number);
      };
      assert.deepEqual(await seen(), [...Array(MANY).keys()]);
      for (let change = 0; change < CHANGES; change++) {
        if (change % 2 === 0) handles.set(MANY + change, await add(MANY + change));
        else await handles.get(change)?.remove();
        if (change % 2 === 1) handles.delete(change);
        if (change % 50 !== 49) continue;
        await sleep(2 * CACHE_MS);
        assert.deepEqual(
          await seen(),
          [...handles.keys()].sort((a, b) => a - b),
          `after ${change + 1} changes`,
        );
      }
    } finally {
      await machine.stop();
      await shares.close();
    }
  },
);
