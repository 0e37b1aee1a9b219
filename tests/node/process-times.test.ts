import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { pid } from "node:process";
import { test } from "node:test";
import { processesOf } from "../../node/living/process-times.ts";
import { readProcessStat } from "../../words/process-stat.ts";
import { startLeaderless } from "../support/node/leaderless.ts";

test("a process whose first thread has ended is there while others of its threads go on", async () => {
  const startedAt = processesOf(pid) ?? assert.fail("there are no processes");
  const child = await startLeaderless();
  const number = child.pid ?? assert.fail("there is no process");
  try {
    assert.ok((startedAt(number) ?? 0) > 0);
  } finally {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
  }
  assert.equal(startedAt(number), undefined);
});

test("the state, the parent and the start of a process are behind its name, whatever that is", () => {
  const tail = "1 2 2 0 -1 4194560 0 0 0 0 0 0 0 0 20 0";
  for (const [name, state, threads, hasEnded] of [
    ["sh", "S", 1, false],
    ["a) Z 7 (b", "R", 1, false],
    [") S 1", "Z", 1, true],
    ["(", "Z", 3, false],
    ["gone", "X", 0, true],
    ["line\nbreak", "D", 2, false],
  ] as const) {
    const stat = readProcessStat(`12 (${name}) ${state} ${tail} ${threads} 0 4711 0 0\n`);
    assert.deepEqual(stat, { state, parent: 1, started: 4711, hasEnded });
  }
  assert.equal(readProcessStat(readFileSync("/proc/self/stat", "latin1")).hasEnded, false);
});
