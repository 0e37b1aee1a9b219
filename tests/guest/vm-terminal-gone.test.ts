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

for (const [when, isFar] of [
  ["while it boots", boots],
  ["later", hasBegun],
] as const) {
  // Where the run is no longer of the terminal's session, nobody signals it.
  for (const [how, before] of [
    ["with SIGHUP", ""],
    ["without a signal", "setsid -w "],
  ] as const) {
    if (how === "without a signal" && when === "while it boots") continue; // who looks at nothing sees nothing
    mountTest(`run ends with 129 where its terminal goes away ${how}, ${when}`, async (scratch) => {
      assert.equal(await codeAfter(scratch, before, isFar), "129");
      assert.deepEqual([leftOf(scratch), machinesLeft()], [[], []]);
    });
  }
}
