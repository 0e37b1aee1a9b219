// A terminal that goes away under `guestshare run`, as where a window is closed or a connection breaks.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { Child } from "../support/child.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";
import { eventually } from "./support/eventually.ts";
import { machinesLeft } from "./support/guest-test.ts";
import { leftOf, runWords } from "./support/run-command.ts";

/** The exit code of a run whose terminal goes away as soon as `isFar`; `before` is what its shell does first. */
async function codeAfter(
  scratch: Scratch,
  before: string,
  isFar: (terminal: Child) => Promise<void>,
): Promise<string> {
  const words = runWords(scratch, [scratch.directory("work"), "sh", "-c", "echo begun; sleep 1000"]);
  const file = `${scratch.path}/code`;
  const line = words.map((word) => `'${word}'`).join(" ");
  // A shell that notes the exit code, and goes on without a terminal.
  const noting = scratch.file("noting", `trap : HUP\n${before}${line}\necho $? >${file}\n`);
  const terminal = new Child(["script", "-qec", `sh ${noting}`, "/dev/null"]);
  await isFar(terminal);
  await terminal.kill();
  await eventually(async () => assert.ok(existsSync(file) && readFileSync(file, "utf8") !== ""), 60_000);
  return readFileSync(file, "utf8").trim();
}

const boots = () => eventually(async () => assert.ok(machinesLeft().some((name) => name.startsWith("qemu"))));
async function hasBegun(terminal: Child): Promise<void> {
  while (!(await terminal.line()).includes("begun"));
}

// Only the first process of a terminal's session is told by SIGHUP: the shell, or the run where it has a session of its own.
const rows = [
  ["while it boots, with SIGHUP", "setsid -cw ", boots],
  ["later, with SIGHUP", "setsid -cw ", hasBegun],
  ["later, without a signal", "", hasBegun],
] as const;

for (const [when, before, isFar] of rows)
  mountTest(`run ends with 129 where its terminal goes away ${when}`, async (scratch) => {
    assert.equal(await codeAfter(scratch, before, isFar), "129");
    assert.deepEqual([leftOf(scratch), machinesLeft()], [[], []]);
  });
