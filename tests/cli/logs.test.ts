import assert from "node:assert/strict";
import { commandHere } from "../support/cli/command-here.ts";
import { mountTest } from "../support/scratch.ts";

// `--log-level`.

mountTest("logs go to stderr, a line of JSON each, from the level on that is chosen", async (scratch) => {
  const words = ["apply", "--id", "s1", "--host-dir", scratch.hostDir, "--quiet"];
  const debug = await commandHere([...words, "--log-level", "debug"]);
  const lines = debug.stderr
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.ok(lines.length >= 5, debug.stderr);
  assert.ok(lines.every(({ name, level, msg }) => name === "guestshare" && level === 20 && msg));
  assert.ok(lines.some(({ step }) => step?.op === "guard"));
  assert.equal((await commandHere([...words, "--log-level", "info"])).stderr, "");
  assert.equal((await commandHere(words)).stderr, "");
});

mountTest("a level that there is not is refused", async () => {
  const { exitCode, stderr } = await commandHere(["list", "--log-level", "loud"]);
  assert.equal(exitCode, 64);
  assert.match(stderr, /--log-level .*loud.*\n {2}why: .*\n {2}next: /);
});
