import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { commandHere } from "../support/cli/command-here.ts";
import { bundleOf, comparable, inSandbox, inTerminal, named } from "../support/cli/in-sandbox.ts";
import { mountsBelow } from "../support/mounts.ts";
import { mountTest } from "../support/scratch.ts";

// `guestshare apply`: all of a plan, or nothing.

const sharedByBundle = [
  "Prepared sandbox s1",
  "/ is /run/kata-containers/shared/containers/c1/rootfs in the guest",
  "/proc is made by the guest itself (not-a-bind)",
  "/data is shared (bind), /run/kata-containers/shared/containers/sandbox-<digits>-data in the guest",
  "",
].join("\n");

mountTest("a bundle is shared whole, and the command that takes it back does so", async (scratch) => {
  const { exitCode, stdout, stderr } = await inSandbox(scratch, ["apply", bundleOf(scratch)]);
  assert.deepEqual([exitCode, comparable(stdout, scratch)], [0, sharedByBundle]);
  const [name] = /sandbox-\w+-data/.exec(stdout) ?? [];
  assert.equal(readFileSync(scratch.view(`${name}/file`), "utf8"), "of the host\n");
  const undo = `guestshare cleanup --id s1 --host-dir ${scratch.hostDir}`;
  assert.equal(stderr, `Undo it with:\n  ${undo}\n`);
  assert.equal((await commandHere(undo.split(" ").slice(1))).exitCode, 0);
  assert.ok(!existsSync(scratch.inSandbox()));
});

mountTest("in a sandbox that was there, what takes it back removes the container alone", async (scratch) => {
  assert.equal((await inSandbox(scratch, ["apply"])).exitCode, 0);
  const { stdout } = await inSandbox(scratch, ["apply", "--json", bundleOf(scratch)]);
  const { schemaVersion, operations, undo } = JSON.parse(stdout);
  assert.equal(schemaVersion, 1);
  assert.deepEqual(
    operations.map(({ op, changed }: { op: string; changed: number }) => [op, changed]),
    [
      ["prepare", 0],
      ["shareContainer", 5],
    ],
  );
  assert.deepEqual(undo, [["guestshare", "remove", "c1", "--id", "s1", "--host-dir", scratch.hostDir]]);
  // Once more it changes nothing, and nothing is to be taken back.
  const again = JSON.parse((await inSandbox(scratch, ["apply", "--json", `${scratch.path}/c1`])).stdout);
  assert.deepEqual([again.operations[1].changed, again.undo], [0, []]);
  assert.equal((await commandHere(undo.flat().slice(1))).exitCode, 0);
  assert.deepEqual(mountsBelow(scratch.inSandbox("mounts")).length, 1);
});

mountTest("single mounts are shared with their attributes", async (scratch) => {
  const [a, b] = [scratch.file("a"), scratch.file("b:c")];
  const words = [
    "apply",
    "-v",
    `${a}:/a:ro,noexec`,
    "--mount",
    `"source=${b}",target=/b,readonly`,
    "-v",
    b.replace(":", "\\:"),
  ];
  assert.equal((await inSandbox(scratch, words)).exitCode, 0);
  const options = mountsBelow(scratch.inSandbox("mounts"))
    .slice(1)
    .map((mount) => mount.options.split(",").filter((one) => one === "ro" || one === "noexec"));
  assert.deepEqual(options, [["ro", "noexec"], [], ["ro"]]);
});

mountTest("on a terminal it asks, unless --yes says so; anything but yes does nothing", async (scratch) => {
  const apply = ["apply", bundleOf(scratch)];
  for (const stdin of ["n\n", "\n", "yess\n", "\u0004"]) {
    const { exitCode, stdout } = await inTerminal(scratch, apply, { stdin });
    assert.equal(exitCode, 1, JSON.stringify(stdin));
    assert.match(stdout, /12 to add.*\n.*Apply this\? \[y\/N\] .*Nothing was done\.\n$/s);
    assert.ok(!existsSync(scratch.inSandbox()));
  }
  const { exitCode, stdout } = await inTerminal(scratch, apply, { stdin: "y\n" });
  assert.equal(exitCode, 0, stdout);
  assert.match(stdout, /Prepared sandbox s1\n/);
  const told = await inTerminal(scratch, [...apply, "--yes", "-v", scratch.file("more")]);
  assert.equal(told.exitCode, 0);
  assert.doesNotMatch(told.stdout, /Apply this/);
});

mountTest(
  "a failure takes back what was done before, also the sandbox if it was made with it",
  async (scratch) => {
    const map = [{ containerID: 0, hostID: 4_294_967_295, size: 1 }]; // no user has this id
    const mappings = { options: ["idmap"], uidMappings: map, gidMappings: map };
    const mount = { destination: "/x", type: "bind", source: scratch.file("x"), ...mappings };
    const { exitCode, stderr } = await inSandbox(scratch, ["apply", bundleOf(scratch, [mount])]);
    assert.equal(exitCode, 1, stderr);
    const said =
      /^guestshare: Cannot bind .*: E[A-Z]+ \(.*\)\n {2}why: {2}nothing is shared, and nothing is left behind\n/;
    assert.match(stderr, said);
    assert.deepEqual(mountsBelow(scratch.hostDir), []);
    assert.ok(!existsSync(scratch.inSandbox()));
  },
);

mountTest("nothing but errors and data is printed with --quiet", async (scratch) => {
  const { stdout, stderr } = await commandHere(["apply", ...named(scratch), "--quiet"]);
  assert.deepEqual([stdout, stderr], ["Prepared sandbox s1\n", ""]);
});
