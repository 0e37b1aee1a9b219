import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import type { EmbeddedGuestOptions } from "../../ffi/mod.ts";
import { commandHere } from "../support/cli/command-here.ts";
import { GuestPlace } from "../support/cli/guest-place.ts";
import { RunningCommand } from "../support/cli/running-command.ts";
import { mountTest, random } from "../support/scratch.ts";

// `guestshare copy`.

const shareDir = "/run/kata-containers/shared/containers";

mountTest("copy sends a directory to an agent, and tells what is skipped", async (scratch) => {
  scratch.file("config/app.conf", "greeting = hello\n");
  symlinkSync("/etc/shadow", `${scratch.path}/config/outside`);
  const guest = await GuestPlace.open(scratch);
  const words = ["copy", `${scratch.path}/config`, "--container", "c1", "--random", random];
  const { exitCode, stdout, stderr } = await guest.run(words);
  assert.equal(exitCode, 0, stderr);
  assert.deepEqual(
    stdout
      .trimEnd()
      .split("\n")
      .map((line) => line.split(/ {2,}/)),
    [
      ["SOURCE", "GUEST-PATH", "ENTRIES", "SIZE"],
      [`${scratch.path}/config`, `${shareDir}/c1-${random}-config`, "2", "17 B"],
    ],
  );
  assert.equal(stderr, `skipped: ${scratch.path}/config/outside (absolute-link: the link is absolute)\n`);
  assert.equal(readFileSync(`${guest.directory}/c1-${random}-config/app.conf`, "utf8"), "greeting = hello\n");
  const json = await guest.run([...words, "--json", "--quiet"]);
  const { schemaVersion, copies } = JSON.parse(json.stdout);
  assert.deepEqual([schemaVersion, copies.length, copies[0].entries, copies[0].skipped.length], [1, 1, 2, 1]);
  assert.equal(json.stderr, "");
  await guest.close();
});

mountTest("copy --bundle sends the mounts of a container, and no root filesystem", async (scratch) => {
  const bundle = scratch.directory("c7");
  mkdirSync(`${bundle}/rootfs`);
  const mounts = [
    { destination: "/proc", type: "proc", source: "proc" },
    { destination: "/data", type: "bind", source: scratch.file("data", "12345"), options: ["rbind", "ro"] },
  ];
  writeFileSync(`${bundle}/config.json`, JSON.stringify({ root: { path: "rootfs" }, mounts }));
  const guest = await GuestPlace.open(scratch);
  const { exitCode, stdout, stderr } = await guest.run(["copy", "--bundle", bundle, "--json"]);
  assert.equal(exitCode, 0, stderr);
  const { copies } = JSON.parse(stdout);
  assert.deepEqual(
    copies.map(({ source, bytes }: { source: string; bytes: number }) => [source, bytes]),
    [[`${scratch.path}/data`, 5]],
  );
  assert.match(readdirSync(guest.directory).join(), /^c7-[0-9a-f]{16}-data$/);
  await guest.close();
});

mountTest("copy draws how far it is on a terminal, with the rate and the time left", async (scratch) => {
  for (let number = 0; number < 6; number += 1) scratch.file(`config/${number}`, "x".repeat(3_000_000));
  const wait = () => new Promise<undefined>((resolve) => setTimeout(resolve, 60));
  const guest = await GuestPlace.open(scratch, { onRequest: wait });
  const words = ["copy", `${scratch.path}/config`];
  const { exitCode, stdout } = await guest.run(words, "terminal");
  assert.equal(exitCode, 0, stdout);
  const drawn = stdout.replaceAll("\x1b[K", "<clear>");
  assert.match(drawn, /\r\S*config\/\d: \d of 7 entries, \S+ MiB of 17\.2 MiB, \S+ MiB\/s, \d s left<clear>/);
  assert.match(drawn, /\r<clear>SOURCE +GUEST-PATH/);
  const quiet = await guest.run([...words, "--quiet"], "terminal");
  assert.ok(quiet.exitCode === 0 && !quiet.stdout.includes("\r"), quiet.stdout);
  await guest.close();
});

mountTest("copy that is interrupted ends with 130, and says what the guest has", async (scratch) => {
  for (let number = 0; number < 9; number += 1) scratch.file(`config/${number}`, "x".repeat(3_000_000));
  let requests = 0;
  const onRequest = () => {
    requests += 1;
    return new Promise<undefined>((resolve) => setTimeout(resolve, requests > 20 ? 5000 : 0));
  };
  const guest = await GuestPlace.open(scratch, { onRequest });
  const copying = RunningCommand.start(["copy", `${scratch.path}/config`, ...guest.words]);
  while (requests <= 20) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(await copying.interrupt(), 130);
  assert.match(copying.stderr, /CANCELLED .*\n {2}why: +the guest has by now: .*\n {2}next: +run it again/);
  await guest.close();
});

mountTest("copy that an agent refuses halfway ends with 3, and lists what the guest has", async (scratch) => {
  for (const name of ["a", "b"]) scratch.file(`config/${name}`, "x".repeat(2_000_000));
  const refusal = { code: 7, message: "no\x1b[2Jmore" };
  const onRequest: EmbeddedGuestOptions["onRequest"] = ({ path }) =>
    path.endsWith("/b") ? refusal : undefined;
  const guest = await GuestPlace.open(scratch, { onRequest });
  const { exitCode, stdout, stderr } = await guest.run([
    "copy",
    `${scratch.path}/config`,
    "--random",
    random,
  ]);
  assert.deepEqual([exitCode, stdout], [3, ""]);
  assert.match(stderr, /^guestshare: Cannot copy "\S+\/config\/b" to "\S+": PERMISSION_DENIED/m);
  assert.match(stderr, /\n {2}why: +the guest has by now: \d entr(?:y|ies) \(.*\) of this copy/);
  assert.ok(!stderr.includes("\x1b"));
  await guest.close();
});

mountTest(
  "copy that cannot begin says why: no agent, an address that is none, nobody there, no source",
  async (scratch) => {
    const source = scratch.file("data");
    for (const [words, exitCode, what] of [
      [[source], 64, /Cannot copy without an agent/],
      [[source, "--agent", "tcp://1.2.3.4"], 64, /Cannot connect to|address/],
      [[source, "--agent", `unix://${scratch.path}/missing`, "--timeout", "1s"], 1, /ENOENT/],
      [[source, "--bundle", scratch.path], 64, /Cannot copy a path and a bundle at once/],
    ] as const) {
      const result = await commandHere(["copy", ...words, "--quiet"]);
      assert.match(result.stderr, what);
      assert.match(result.stderr, /\n {2}why: +\S.*\n {2}next: +\S.*\n$/);
      assert.deepEqual([result.exitCode, result.stdout], [exitCode, ""]);
    }
    const guest = await GuestPlace.open(scratch);
    const missing = await guest.run(["copy", `${scratch.path}/missing`]);
    assert.equal(missing.exitCode, 1);
    assert.match(missing.stderr, /missing.*ENOENT/);
    await guest.close();
  },
);
