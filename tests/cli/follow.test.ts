import assert from "node:assert/strict";
import { CommandHere, commandHere } from "../support/cli/command-here.ts";
import { RunningCommand } from "../support/cli/running-command.ts";
import { mountTest } from "../support/scratch.ts";

// `guestshare follow`.

mountTest("follow prints a line for each change, and ends at Ctrl-C in a terminal", async (scratch) => {
  await scratch.share({ id: "s2" }).prepare();
  const following = RunningCommand.startInTerminal(["follow", "--host-dir", scratch.hostDir]);
  await following.says(/ 1 sandbox s2\n/);
  await scratch.share().prepare();
  await following.says(/\+ \S+\/s1\/shared\n/);
  await scratch.share().cleanup();
  await following.says(/- \S+\/s1\/shared\n/);
  assert.equal(await following.interrupt(), 130);
  const lines = following.stdout
    .trim()
    .split("\n")
    .map((line) => line.replace(/^\d\d:\d\d:\d\d /, ""));
  assert.deepEqual(lines.slice(0, 4), [
    "1 sandbox s2",
    ...["", "/mounts", "/shared"].map((name) => `+ ${scratch.inSandbox()}${name}`),
  ]);
});

mountTest("follow --json prints an object a line, of one sandbox with --id", async (scratch) => {
  const words = ["follow", "--json", "--id", "s1", "--host-dir", scratch.hostDir];
  const following = CommandHere.start(words);
  await following.says(/"looked"/);
  await scratch.share({ id: "s2" }).prepare();
  await scratch.share().prepare();
  await following.says(/\/s1\/shared"/);
  assert.equal(await following.interrupt(), 130);
  const changes = following.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    changes.map(({ schemaVersion, kind, mount }) => [schemaVersion, kind, mount?.target]),
    [
      [1, "looked", undefined],
      ...["", "/mounts", "/shared"].map((name) => [1, "attached", scratch.inSandbox() + name]),
    ],
  );
});

mountTest("follow refuses an engine that there is not", async (scratch) => {
  await scratch.share().prepare();
  const { exitCode, stderr } = await commandHere([
    "follow",
    "--host-dir",
    scratch.hostDir,
    "--engine",
    "none",
  ]);
  assert.equal(exitCode, 64);
  assert.match(stderr, /--engine .*\n.*\n.*koffi/);
});
