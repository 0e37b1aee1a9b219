import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { Guest } from "../guest.ts";
import { inGuest } from "../guest-test.ts";

/** The line of a mount table for what is on a path, the topmost. */
const lineOf = (table: string, path: string) =>
  table.split("\n").findLast((line) => line.split(" ")[4] === path) ?? "";

/**
 * The two tables of mounts are those of two machines: the guest's has its shared filesystem where the agent was told, by its tag, and
 * the host's has nothing there, but the view. So no agent passes that runs outside of the guest.
 */
export async function assertTwoMachines(guest: Guest, view: string): Promise<string> {
  const [inside, outside] = [
    await guest.read("/proc/self/mountinfo"),
    readFileSync("/proc/self/mountinfo", "utf8"),
  ];
  assert.match(lineOf(inside, inGuest), / - virtiofs kataShared /);
  assert.equal(lineOf(outside, inGuest), "");
  assert.notEqual(lineOf(outside, view), "");
  assert.equal(lineOf(inside, view), "");
  return `in the guest: ${lineOf(inside, inGuest)}\non the host: ${lineOf(outside, view)}`;
}
