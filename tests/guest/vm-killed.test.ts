// `guestshare run` that is killed: no process is left, and `guestshare gc` removes the rest.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { Child } from "../support/child.ts";
import { binary, runCommand } from "../support/cli/run-command.ts";
import { mountTest } from "../support/scratch.ts";
import { eventually } from "./support/eventually.ts";
import { machinesLeft } from "./support/guest-test.ts";

const KILLS = 10;
const LATEST_MS = 8000;

/** What there is of machines in the places that they have by default, and in this one for temporary files. */
function found(temporary: string): string[] {
  const mounts = readFileSync("/proc/self/mountinfo", "utf8").split("\n");
  const namesIn = (place: string) => (existsSync(place) ? readdirSync(place) : []);
  return [
    ...[...namesIn(temporary), ...namesIn("/run").filter((name) => name.startsWith("guestshare-"))],
    ...[...namesIn("/run/guestshare"), ...namesIn("/run/virtiofsd")],
    ...mounts.filter((line) => line.includes(" /run/guestshare")),
  ];
}

const isSocketDirectory = (name: string) => name.startsWith("guestshare-virtiofsd-");

/** The processes below one, the last that was started first: who would clear up is there no longer when the others end. */
function processesBelow(process: number): number[] {
  const children = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && parentOf(name) === process);
  return children.flatMap((child) => [...processesBelow(Number(child)), Number(child)]).toReversed();
}

function parentOf(process: string): number | undefined {
  try {
    const text = readFileSync(`/proc/${process}/stat`, "latin1");
    return Number(text.slice(text.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return undefined; // it is over
  }
}

function send(signal: NodeJS.Signals, each: number): void {
  try {
    process.kill(each, signal);
  } catch {
    // it is over
  }
}

mountTest("what is left of a run that was killed at any moment, gc removes", async (scratch) => {
  const work = scratch.directory("work");
  const temporary = scratch.directory("tmp");
  const env = { TMPDIR: temporary };
  for (let round = 0; round < KILLS; round++) {
    const afterMs = Math.round(((round + Math.random()) / KILLS) * LATEST_MS);
    const words = ["run", "--quiet", "-v", `${work}:/data:ro`, work, "--", "sleep", "1000"];
    const child = new Child(["env", `TMPDIR=${temporary}`, ...binary, ...words]);
    const isLast = round === KILLS - 1;
    if (isLast) await eventually(async () => assert.ok(found(temporary).some(isSocketDirectory)));
    else await sleep(afterMs);
    // Also with whoever would have cleared up: the shell that keeps a virtiofsd. Nobody moves while they are killed.
    const below = round % 2 === 1 ? processesBelow(child.pid) : [];
    for (const signal of ["SIGSTOP", "SIGKILL"] as const) for (const each of below) send(signal, each);
    await child.kill();
    await eventually(async () => assert.deepEqual(machinesLeft(), [], `killed after ${afterMs} ms`));
    const { exitCode, stdout, stderr } = runCommand(["gc", "--grace", "0s", "--yes"], { env });
    assert.equal(exitCode, 0, stderr);
    if (isLast) assert.match(stdout, /guestshare-virtiofsd-.* removed /);
    assert.deepEqual(found(temporary), [], `killed after ${afterMs} ms: ${stdout}`);
  }
});
