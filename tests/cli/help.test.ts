import assert from "node:assert/strict";
import { test } from "node:test";
import { commands } from "../../cli/program.ts";
import { runCommand, runInTerminal } from "../support/cli/run-command.ts";
import { mountTest } from "../support/scratch.ts";

// `guestshare help`.

test("help lists topics, and says of each of them, and of each command, what the document says", () => {
  const { exitCode, stdout } = runCommand(["help", "--json"]);
  const listed = JSON.parse(stdout);
  assert.deepEqual([exitCode, listed.schemaVersion], [0, 1]);
  assert.deepEqual(
    listed.commands,
    commands.filter(({ isHidden }) => !isHidden).map(({ name }) => name),
  );
  for (const topic of [...listed.topics, ...listed.commands]) {
    const about = runCommand(["help", topic, "--json"]);
    assert.equal(about.exitCode, 0, topic);
    const { text } = JSON.parse(about.stdout);
    const isCommand = listed.commands.includes(topic);
    assert.ok(!isCommand || text.includes(topic), topic);
    assert.ok(text.length > 150 && !text.includes("]("), topic);
  }
  assert.match(
    JSON.parse(runCommand(["help", "exit-codes", "--json"]).stdout).text,
    /130 \| ended by Ctrl-C/,
  );
});

mountTest(
  "help is read in a terminal, and refuses a topic that there is not, with the nearest",
  (scratch) => {
    const { exitCode, stdout } = runInTerminal(["help", "gc"], { cwd: scratch.path });
    assert.equal(exitCode, 0);
    assert.match(stdout, /^Garbage/);
    assert.match(stdout, /Its options: guestshare gc --help/);
    const wrong = runCommand(["help", "exit-code"]);
    assert.equal(wrong.exitCode, 64);
    assert.match(wrong.stderr, /next: write exit-codes/);
  },
);
