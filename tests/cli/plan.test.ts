import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { commandHere } from "../support/cli/command-here.ts";
import { bundleOf, comparable, inSandbox, inTerminal } from "../support/cli/in-sandbox.ts";
import { mountsBelow } from "../support/mounts.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";

// `guestshare plan`: what apply would do. Nothing is changed by it.

const tree = `$DIR/sandboxes/s1
├─ prepare the sandbox
│  ├─ + mkdir  .
│  ├─ + mark   namespace
│  ├─ + guard  .
│  ├─ + mkdir  mounts
│  ├─ + mkdir  shared
│  ├─ + hub    mounts
│  └─ + view   mounts -> shared
└─ share container c1
   ├─ + mkdir  mounts/c1
   ├─ + bind   $DIR/c1/rootfs -> mounts/c1/rootfs
   ├─ + mkdir  mounts/.users
   ├─ + use    mounts/.users/sandbox-<digits>-data/c1
   ├─ + bind   $DIR/data -> mounts/sandbox-<digits>-data (with submounts, ro)
   ├─   /proc is made by the guest itself (not-a-bind)
   └─   /data is shared (bind)
12 to add, 0 to remove, 0 unchanged.
`;

const changesIn = (stdout: string) =>
  JSON.parse(stdout).operations.flatMap((one: { changes: string[] }) => one.changes);

mountTest("a plan is a tree of what would be added, and adds nothing", async (scratch) => {
  const { exitCode, stdout, stderr } = await inSandbox(scratch, ["plan", bundleOf(scratch)]);
  assert.deepEqual([exitCode, comparable(stdout, scratch), stderr], [0, tree, ""]);
  assert.deepEqual(readdirSync(scratch.hostDir), []);
});

mountTest(
  "a root that the guest makes read-only is one in the plan, though its share is not",
  async (scratch) => {
    const bundle = bundleOf(scratch);
    const config = JSON.parse(readFileSync(`${bundle}/config.json`, "utf8"));
    writeFileSync(
      `${bundle}/config.json`,
      JSON.stringify({ ...config, root: { ...config.root, readonly: true } }),
    );
    const { stdout } = await inSandbox(scratch, ["plan", bundle]);
    const lines = stdout.split("\n").filter((line) => line.includes("rootfs") || line.includes(" / is"));
    assert.deepEqual(
      lines.map((line) => comparable(line.trim(), scratch)),
      [
        "├─ + bind   $DIR/c1/rootfs -> mounts/c1/rootfs",
        "├─   / is made read-only by the guest itself (root.readonly)",
      ],
    );
  },
);

mountTest("in a terminal a plan is colored, unless NO_COLOR or --color says otherwise", async (scratch) => {
  const bundle = bundleOf(scratch);
  const { exitCode, stdout } = await inTerminal(scratch, ["plan", bundle]);
  assert.equal(exitCode, 0);
  const green = "\u001b[32m+ mkdir  mounts/c1\u001b[39m";
  assert.ok(stdout.includes(green), stdout);
  const plain = (text: string) => comparable(text, scratch) === tree;
  assert.ok(plain((await inTerminal(scratch, ["plan", bundle], { env: { NO_COLOR: "1" } })).stdout));
  assert.ok(plain((await inTerminal(scratch, ["plan", bundle, "--color", "never"])).stdout));
  assert.ok((await inSandbox(scratch, ["plan", bundle, "--color", "always"])).stdout.includes(green));
});

mountTest(
  "what is there already is unchanged; --exit-code tells whether something is to be done",
  async (scratch) => {
    const plan = ["plan", "--exit-code", "--json", bundleOf(scratch)];
    const before = await inSandbox(scratch, plan);
    assert.equal(before.exitCode, 2);
    assert.deepEqual([...new Set(changesIn(before.stdout))], ["add"]);
    assert.equal((await inSandbox(scratch, ["apply", `${scratch.path}/c1`])).exitCode, 0);
    const after = await inSandbox(scratch, plan);
    assert.equal(after.exitCode, 0);
    assert.deepEqual([...new Set(changesIn(after.stdout))], ["unchanged"]);
    // One mount more, and the rest as it is.
    const more = await inSandbox(scratch, [...plan, "-v", scratch.file("other")]);
    assert.equal(more.exitCode, 2);
    assert.deepEqual(JSON.parse(more.stdout).summary, { add: 2, remove: 0, unchanged: 11 });
  },
);

mountTest(
  "offline, a plan follows from the request alone, and says that it cannot be applied",
  async (scratch) => {
    const words = ["plan", "--offline", "-v", `${scratch.path}/nowhere:/x:ro`];
    const { exitCode, stdout, stderr } = await inSandbox(scratch, words);
    assert.equal(exitCode, 0);
    assert.match(stdout, /\+ bind {3}\S+\/nowhere -> mounts\/sandbox-0000000000000000-nowhere/);
    assert.equal(stderr, "Nothing was looked at: this plan cannot be applied.\n");
    const json = (await inSandbox(scratch, [...words, "--json"])).stdout;
    assert.deepEqual(Object.keys(JSON.parse(json)).slice(0, 3), ["schemaVersion", "kind", "isApplicable"]);
    const { exitCode: applied, stderr: refused } = await commandHere(["apply", "-"], { stdin: json });
    assert.equal(applied, 64);
    assert.match(refused, /planned offline/);
    assert.deepEqual(readdirSync(scratch.hostDir), []);
  },
);

mountTest("requests come as JSON from a file or stdin: one, or a list of them", async (scratch) => {
  const sandbox = scratch.sandbox();
  const prepare = { op: "prepare", sandbox };
  const share = {
    op: "shareFile",
    sandbox,
    container: { id: "c1" },
    mount: { source: scratch.file("a"), destination: "/a" },
  };
  const steps = async (value: unknown) => {
    const { exitCode, stdout } = await commandHere(["plan", "--json", "-"], { stdin: JSON.stringify(value) });
    assert.equal(exitCode, 0);
    return JSON.parse(stdout).operations.map(({ op, plan }: { op: string; plan: { steps: unknown[] } }) => [
      op,
      plan.steps.length,
    ]);
  };
  assert.deepEqual(await steps(prepare), [["prepare", 7]]);
  assert.deepEqual(await steps([prepare, share]), [
    ["prepare", 7],
    ["shareFile", 1],
  ]);
  const file = scratch.file("request.json", `\ufeff${JSON.stringify(prepare)}`);
  assert.equal((await commandHere(["plan", file])).exitCode, 0);
});

mountTest("Kata's configuration and its drop-ins say how a sandbox shares", async (scratch) => {
  const configuration = scratch.file(
    "kata/configuration.toml",
    '[hypervisor.qemu]\nshared_fs = "virtio-fs"\n',
  );
  const storages = async () => {
    const { stdout } = await inSandbox(scratch, ["plan", "--json", "--config", configuration]);
    return JSON.parse(stdout).operations[0].plan.storages.map(({ driver }: { driver: string }) => driver);
  };
  assert.deepEqual(await storages(), ["virtio-fs"]);
  scratch.file("kata/config.d/50-own.toml", '[hypervisor.qemu]\nshared_fs = "virtio-9p"\n');
  assert.deepEqual(await storages(), ["9p"]);
});

mountTest("a plan that was written is for its owner alone, and is what --json prints", async (scratch) => {
  const file = `${scratch.path}/plan.json`;
  const { stdout } = await inSandbox(scratch, ["plan", "--json", "-o", file, bundleOf(scratch)]);
  assert.equal(readFileSync(file, "utf8"), stdout);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.ok(!existsSync(scratch.inSandbox()));
});

mountTest("names of others never reach a terminal as they are", async (scratch) => {
  const name = "a\u001b[2Jb\u202ec";
  const words = ["plan", "--offline", "-v", `${scratch.path}/${name}:/${name}`];
  for (const { exitCode, stdout, stderr } of [
    await inSandbox(scratch, words),
    await missing(scratch, name),
  ]) {
    const printed = stdout + stderr;
    assert.ok(
      !printed.includes("\u001b") && !printed.includes("\u202e"),
      JSON.stringify({ exitCode, printed }),
    );
    assert.match(printed, /a\\(?:x1b|u001b)\[2Jb/);
  }
});

async function missing(scratch: Scratch, name: string) {
  const result = await inSandbox(scratch, ["apply", "-v", `${scratch.path}/${name}`]);
  assert.equal(result.exitCode, 1);
  assert.deepEqual(mountsBelow(scratch.hostDir), []);
  return result;
}
