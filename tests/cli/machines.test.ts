import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { pid } from "node:process";
import { Child } from "../support/child.ts";
import { commandHere } from "../support/cli/command-here.ts";
import { inSandbox } from "../support/cli/in-sandbox.ts";
import { runCommand } from "../support/cli/run-command.ts";
import { mountOn } from "../support/mounts.ts";
import { commandOf } from "../support/runtimes.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";

// The command, and machines whose shares another program has open.

async function keeper(scratch: Scratch): Promise<Child> {
  const child = new Child([
    ...commandOf("keep-shares"),
    scratch.hostDir,
    scratch.file("kept"),
    "/kept",
    "ro",
  ]);
  assert.equal(await child.line(), "open");
  return child;
}

mountTest("a file is shared into a machine at its target, and removed by its target", async (scratch) => {
  const child = await keeper(scratch);
  const file = scratch.file("file");
  const shared = await inSandbox(scratch, ["share", `${file}:/etc/conf:ro`]);
  assert.equal(
    shared.stdout,
    "/etc/conf is /run/guestshare/machine%2Fetc%2Fconf in the guest\n",
    shared.stderr,
  );
  const own = await inSandbox(scratch, ["share", "--container", "c1", `${file}:/etc/conf`]);
  assert.equal(own.stdout, "/etc/conf is /run/guestshare/c1%2Fetc%2Fconf in the guest\n");
  assert.match(mountOn(scratch.view("machine%2Fetc%2Fconf"))?.options ?? "", /^ro,/);
  const listed = JSON.parse((await inSandbox(scratch, ["list", "--json"])).stdout);
  assert.match(JSON.stringify(listed), /machine%2Fkept.*machine%2Fetc%2Fconf.*c1%2Fetc%2Fconf/s);
  assert.equal((await inSandbox(scratch, ["audit"])).stderr, "Nothing is wrong.\n");
  const both = await inSandbox(scratch, ["unshare", "/etc/conf"]);
  assert.match(both.stderr, /several shares show it\n.*machine%2Fetc%2Fconf, c1%2Fetc%2Fconf/s);
  assert.equal((await inSandbox(scratch, ["unshare", "/etc/conf", "--container", "machine"])).exitCode, 0);
  assert.equal((await inSandbox(scratch, ["remove", "c1"])).exitCode, 0);
  assert.deepEqual(readdirSync(scratch.inSandbox("shared")).sort(), [".machine", "machine%2Fkept"]);
  await child.end();
});

mountTest("a target that a machine cannot have is refused", async (scratch) => {
  const child = await keeper(scratch);
  const { exitCode, stderr } = await inSandbox(scratch, ["share", `${scratch.file("file")}:/proc/x:ro`]);
  assert.deepEqual(
    [exitCode, stderr],
    [
      64,
      'guestshare: Cannot plan mount.destination "/proc/x": reserved-target\n' +
        "  why:  the guest needs this place for itself, or for the shares; nothing was done\n" +
        "  next: choose another target\n",
    ],
  );
  await child.end();
});

mountTest(
  "gc tells a machine that lives from one whose program was killed, without a list",
  async (scratch) => {
    const child = await keeper(scratch);
    const words = ["gc", "--host-dir", scratch.hostDir, "--yes"];
    assert.match(
      (await commandHere(words)).stdout,
      /\ns1 +guestshare +alive +the process that opened it lives/,
    );
    await child.kill();
    assert.match(
      (await commandHere(words)).stdout,
      /\ns1 +guestshare +removed +the process that opened it has ended/,
    );
    assert.deepEqual(readdirSync(scratch.hostDir), []);
  },
);

mountTest(
  "a machine in another mount namespace is entered, and the working directory stays",
  async (scratch) => {
    const id = `away-${pid}`;
    const child = new Child([...commandOf("own-namespace"), id, `${scratch.path}/x`]);
    await child.line();
    scratch.file("files/one");
    const setting = { cwd: `${scratch.path}/files` };
    const shared = runCommand(["share", "--id", id, "./one:/one:ro"], setting);
    assert.deepEqual(
      [shared.exitCode, shared.stdout],
      [0, "/one is /run/guestshare/machine%2Fone in the guest\n"],
      shared.stderr,
    );
    assert.equal(runCommand(["share", "--id", id, "./one:/two"], setting).exitCode, 0);
    const removed = runCommand(["unshare", "--id", id, "/one"], setting);
    assert.deepEqual([removed.exitCode, removed.stdout], [0, `Removed 1 mount from sandbox ${id}\n`]);
    const refused = runCommand(["share", "--id", id, "./one:/sys"], setting);
    assert.equal(refused.exitCode, 64);
    const { stdout } = await child.end();
    const last = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "");
    assert.deepEqual(
      last.map(({ target, source }: { target: string; source: string }) => `${source} ${target}`),
      [`${scratch.path}/files/one /two`],
    );
  },
);
