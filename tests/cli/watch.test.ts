import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { CommandHere } from "../support/cli/command-here.ts";
import { GuestPlace } from "../support/cli/guest-place.ts";
import { RunningCommand } from "../support/cli/running-command.ts";
import { mountTest, random } from "../support/scratch.ts";
import { KubeletVolume } from "../support/watch/kubelet-volume.ts";

// `guestshare watch`.

mountTest("watch keeps a volume copied, and prints a line of JSON for each update", async (scratch) => {
  const volume = new KubeletVolume(scratch.directory("volume"));
  volume.write({ key: "one" });
  const guest = await GuestPlace.open(scratch);
  const words = ["watch", volume.path, "--container", "c1", "--random", random, ...guest.words];
  const watching = CommandHere.start([...words, "--json"]);
  await watching.says(/"kind":"copied"/);
  const file = `${guest.directory}/c1-${random}-volume/key`;
  assert.equal(readFileSync(file, "utf8"), "one");
  volume.write({ key: "two", more: "x" });
  await watching.says(/"kind":"updated"/);
  assert.equal(readFileSync(file, "utf8"), "two");
  assert.equal(await watching.interrupt(), 130);
  const events = watching.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    events.map(({ schemaVersion, kind, source }) => [schemaVersion, kind, source]),
    [
      [1, "copied", volume.path],
      [1, "updated", volume.path],
    ],
  );
  await guest.close();
});

mountTest("watch ends in a terminal with Ctrl-C, and with 1 where the agent goes away", async (scratch) => {
  const volume = new KubeletVolume(scratch.directory("volume"));
  volume.write({ key: "one" });
  const guest = await GuestPlace.open(scratch);
  const words = ["watch", volume.path, ...guest.words];
  const first = RunningCommand.startInTerminal(words);
  await first.says(/\d\d:\d\d:\d\d copied \S+\/volume to \S+\n/);
  assert.equal(await first.interrupt(), 130);
  const second = CommandHere.start(words);
  await second.says(/ copied /);
  await guest.close();
  assert.equal(await second.end(), 1);
  assert.match(second.stderr, /Cannot watch "\S+\/volume" any more: the connection to the agent is over/);
});

mountTest("watch refuses a directory that kubelet does not update, before it copies", async (scratch) => {
  const guest = await GuestPlace.open(scratch);
  const { exitCode, stdout, stderr } = await guest.run(["watch", scratch.directory("plain")]);
  assert.deepEqual([exitCode, stdout], [1, ""]);
  assert.match(
    stderr,
    /ENOENT \(it has no link \.\.data\)\n {2}why: .*\n {2}next: copy it once, by `guestshare copy`/,
  );
  await guest.close();
});
