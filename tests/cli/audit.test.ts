import assert from "node:assert/strict";
import { mkdirSync, readdirSync } from "node:fs";
import { commandHere, terminalHere } from "../support/cli/command-here.ts";
import { mount, unmount } from "../support/mounts.ts";
import { mountTest } from "../support/scratch.ts";

// `guestshare audit`.

const leftover = "sandbox-8899aabbccddeeff-gone";

mountTest("audit says what is wrong, where, why it matters, and what mends it", async (scratch) => {
  await scratch.share().prepare();
  mkdirSync(scratch.hub(`.users/${leftover}`), { recursive: true });
  const target = scratch.hub(`.users/${leftover}`);
  const words = ["audit", "--host-dir", scratch.hostDir];
  const said = [
    `s1: users-without-share  ${target}`,
    "  why:  containers are said to use a share that is not mounted",
    `  mend: remove ${target}, which is empty`,
    "",
  ].join("\n");
  assert.deepEqual(await commandHere(words), { exitCode: 0, stdout: said, stderr: "" });
  assert.deepEqual(await terminalHere([...words, "--exit-code"], { env: { NO_COLOR: "1" } }), {
    exitCode: 2,
    stdout: said,
    stderr: "",
  });
  const { schemaVersion, findings } = JSON.parse((await commandHere([...words, "--json"])).stdout);
  assert.equal(schemaVersion, 1);
  assert.deepEqual(
    findings.map(({ code, sandbox, mend }: { code: string; sandbox: string; mend: object }) => [
      code,
      sandbox,
      mend,
    ]),
    [["users-without-share", "s1", { steps: [{ op: "remove", path: target, undo: [] }] }]],
  );
});

mountTest("audit says which command mends a sandbox, and of which sandbox", async (scratch) => {
  for (const id of ["s1", "s2"]) await scratch.share({ id }).prepare();
  unmount(scratch.inSandbox("shared"));
  mkdirSync(`${scratch.hostDir}/s3/mounts`, { recursive: true });
  const { stdout } = await commandHere(["audit", "--host-dir", scratch.hostDir]);
  assert.match(
    stdout,
    new RegExp(`^s1: no-view .*\n.*\n {2}mend: guestshare apply --id s1 --host-dir ${scratch.hostDir}\n`),
  );
  assert.match(
    stdout,
    new RegExp(
      `\ns3: empty-sandbox .*\n.*\n {2}mend: guestshare cleanup --id s3 --host-dir ${scratch.hostDir}\n$`,
    ),
  );
  const [, mends = ""] = /mend: guestshare (apply .*)/.exec(stdout) ?? [];
  assert.equal((await commandHere(mends.split(" "))).exitCode, 0);
  const mended = await commandHere(["audit", "--host-dir", scratch.hostDir, "--id", "s1", "--exit-code"]);
  assert.deepEqual(mended, { exitCode: 0, stdout: "", stderr: "Nothing is wrong.\n" });
  const one = await commandHere(["audit", "--host-dir", scratch.hostDir, "--id", "s2", "--exit-code"]);
  assert.deepEqual(one, { exitCode: 0, stdout: "", stderr: "Nothing is wrong.\n" });
});

mountTest("audit --plan finds a share that is weaker than what was planned", async (scratch) => {
  const file = `${scratch.path}/plan.json`;
  const place = ["--id", "s1", "--host-dir", scratch.hostDir];
  const volume = `${scratch.file("data")}:/data:ro`;
  await commandHere(["plan", "-v", volume, ...place, "-o", file]);
  assert.equal((await commandHere(["apply", file])).exitCode, 0);
  const words = ["audit", ...place, "--plan", file, "--exit-code"];
  assert.equal((await commandHere(words)).exitCode, 0);
  const [name = ""] = readdirSync(scratch.hub("")).filter((one) => one.endsWith("-data"));
  mount("-o", "remount,bind,rw", scratch.hub(name));
  const { exitCode, stdout } = await commandHere(words);
  assert.equal(exitCode, 2);
  assert.match(stdout, new RegExp(`^s1: weaker-than-planned {2}${scratch.hub(name)}\n`, "m"));
  const other = await commandHere(["audit", "--plan", "-"], { stdin: '{"op": "prepare"}' });
  assert.equal(other.exitCode, 64);
  assert.match(other.stderr, /Cannot compare shares with "-"/);
});

mountTest("audit refuses what it does not take", async () => {
  const { exitCode, stderr } = await commandHere(["audit", "--exitcode"]);
  assert.equal(exitCode, 64);
  assert.match(stderr, /Unknown option '--exitcode'\n.*\n.*--exit-code/);
});
