import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { commandHere } from "../support/cli/command-here.ts";
import { bundleOf, comparable, inSandbox, inTerminal } from "../support/cli/in-sandbox.ts";
import { mount, mountsBelow, mountTmpfs, unmount } from "../support/mounts.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";

// `guestshare mend`.

/** A sandbox with a bundle's container, whose hub somebody made private; the bundle. */
async function privateHub(scratch: Scratch): Promise<string> {
  const bundle = bundleOf(scratch);
  assert.equal((await inSandbox(scratch, ["apply", bundle])).exitCode, 0);
  mount("--make-private", scratch.inSandbox("mounts"));
  return bundle;
}

/** What is mounted in the sandbox, with its attributes. */
function mounted(scratch: Scratch): string[] {
  return mountsBelow(scratch.inSandbox())
    .map(({ point, options }) => `${point} ${options}`)
    .sort();
}

const tree = `$DIR/sandboxes/s1
└─ mend the sandbox
   ├─ - umount  shared
   ├─ - umount  mounts
   ├─ = mkdir   .
   ├─ = mark    namespace
   ├─ = guard   .
   ├─ = mkdir   mounts
   ├─ = mkdir   shared
   ├─ + hub     mounts
   └─ + view    mounts -> shared
2 to add, 2 to remove, 5 unchanged.
`;

mountTest("mend makes what audit found again, and says what it does", async (scratch) => {
  await privateHub(scratch);
  const { stdout } = await inSandbox(scratch, ["audit"]);
  const [, words = ""] = /^ {2}mend: guestshare (mend .*) \(/m.exec(stdout) ?? [];
  assert.equal(words, `mend --id s1 --host-dir ${scratch.hostDir}`);
  const mended = await commandHere(words.split(" "));
  const said = `${tree}Mended sandbox s1: 2 made, 2 removed.\n`;
  assert.deepEqual([mended.exitCode, mended.stdout, comparable(mended.stderr, scratch)], [0, "", said]);
  assert.equal((await inSandbox(scratch, ["audit", "--exit-code"])).exitCode, 0);
  assert.deepEqual(readdirSync(scratch.hub("")), []);
  const again = await commandHere([...words.split(" "), "--json"]);
  const { schemaVersion, summary, findings } = JSON.parse(again.stdout);
  assert.deepEqual([again.exitCode, schemaVersion, findings], [0, 1, []]);
  assert.deepEqual(summary, { add: 0, remove: 0, unchanged: 0 });
  assert.equal(again.stderr, "Found nothing to mend in sandbox s1.\n");
});

mountTest(
  "with the sandbox's bundle its shares are made again, at the places where they were",
  async (scratch) => {
    const bundle = await privateHub(scratch);
    const before = mounted(scratch);
    const { exitCode, stderr } = await inSandbox(scratch, ["mend", bundle]);
    assert.equal(exitCode, 0, stderr);
    assert.match(stderr, /\n7 to add, 2 to remove, 5 unchanged\.\nMended sandbox s1: 7 made, 2 removed\.\n$/);
    assert.deepEqual(mounted(scratch), before);
    const name = readdirSync(scratch.view("")).find((one) => one.endsWith("-data"));
    assert.equal(readFileSync(scratch.view(`${name}/file`), "utf8"), "of the host\n");
    assert.equal((await inSandbox(scratch, ["diff", bundle, "--exit-code"])).exitCode, 0);
  },
);

mountTest("with a plan, a share that is gone comes back, and a mount of nobody's goes", async (scratch) => {
  const file = `${scratch.path}/plan.json`;
  assert.equal((await inSandbox(scratch, ["plan", "-o", file, bundleOf(scratch)])).exitCode, 0);
  assert.equal((await commandHere(["apply", file])).exitCode, 0);
  const before = mounted(scratch);
  const [name = ""] = readdirSync(scratch.hub("")).filter((one) => one.endsWith("-data"));
  unmount(scratch.hub(name));
  scratch.directory("sandboxes/s1/mounts/odd");
  mountTmpfs(scratch.hub("odd"));
  assert.notDeepEqual(mounted(scratch), before);
  const { exitCode, stderr } = await commandHere(["mend", file]);
  assert.equal(exitCode, 0, stderr);
  assert.deepEqual(mounted(scratch), before);
});

mountTest("the shares of two containers are kept by the bundles of both", async (scratch) => {
  const first = await privateHub(scratch);
  const second = scratch.directory("c2");
  scratch.directory("c2/rootfs");
  scratch.file("c2/config.json", JSON.stringify({ root: { path: "rootfs" } }));
  assert.equal((await inSandbox(scratch, ["mend", first, second])).exitCode, 0);
  const roots = () => ["c1", "c2"].map((id) => existsSync(scratch.hub(`${id}/rootfs`)));
  assert.deepEqual(roots(), [true, true]);
  // What no input has is removed.
  assert.equal((await inSandbox(scratch, ["mend", second])).exitCode, 0);
  assert.deepEqual(roots(), [false, true]);
});

mountTest("on a terminal mend asks, unless --yes says so; anything but yes does nothing", async (scratch) => {
  await privateHub(scratch);
  const before = mounted(scratch);
  const refused = await inTerminal(scratch, ["mend"], { stdin: "n\n" });
  assert.equal(refused.exitCode, 1);
  assert.match(refused.stdout, /2 to add.*\n.*Mend this\? \[y\/N\] .*Nothing was done\.\n$/s);
  assert.deepEqual(mounted(scratch), before);
  const { exitCode, stdout } = await inTerminal(scratch, ["mend", "--yes"]);
  assert.equal(exitCode, 0, stdout);
  assert.match(stdout, /2 to add.*\nMended sandbox s1: 2 made, 2 removed\.\n$/s);
  assert.doesNotMatch(stdout, /Mend this/);
});

mountTest("what mend leaves to people is listed, and it ends with 3", async (scratch) => {
  assert.equal((await inSandbox(scratch, ["apply"])).exitCode, 0);
  const outside = scratch.directory("outside");
  mount("--bind", scratch.inSandbox("mounts"), outside);
  const { exitCode, stdout, stderr } = await inSandbox(scratch, ["mend"]);
  assert.equal(exitCode, 3, stderr);
  assert.match(
    stdout,
    new RegExp(`^s1: copied-outside {2}${outside}\n {2}why: .*\n {2}mend: unmount ${outside}\n$`),
  );
  assert.equal(stderr, "Found nothing to mend in sandbox s1; 1 finding left.\n");
  const { findings } = JSON.parse((await inSandbox(scratch, ["mend", "--json"])).stdout);
  assert.deepEqual(
    findings.map(({ code }: { code: string }) => code),
    ["copied-outside"],
  );
  unmount(outside);
});

mountTest("mend refuses a sandbox that is not there, and two at once", async (scratch) => {
  const missing = await inSandbox(scratch, ["mend"]);
  assert.deepEqual([missing.exitCode, missing.stdout], [1, ""]);
  assert.match(
    missing.stderr,
    /^guestshare: Cannot find sandbox "s1" in .*\n {2}why: .*\n {2}next: prepare it/,
  );
  const requests = ["s1", "s2"].map((id) => ({ op: "prepare", sandbox: { id, hostDir: scratch.hostDir } }));
  const two = await commandHere(["mend", "-"], { stdin: JSON.stringify(requests) });
  assert.equal(two.exitCode, 64);
  assert.match(two.stderr, /Cannot mend sandboxes "s1" and "s2" at once/);
});

mountTest("a step that fails is told, with what is left of the others", async (scratch) => {
  await privateHub(scratch);
  const map = [{ containerID: 0, hostID: 4_294_967_295, size: 1 }]; // no user has this id
  const mappings = { options: ["idmap"], uidMappings: map, gidMappings: map };
  const bundle = bundleOf(scratch, [
    { destination: "/x", type: "bind", source: scratch.file("x"), ...mappings },
  ]);
  const { exitCode, stderr } = await inSandbox(scratch, ["mend", bundle, "--quiet"]);
  assert.equal(exitCode, 1);
  assert.match(
    stderr,
    /^guestshare: Cannot bind .*: E[A-Z]+ .*\n {2}why: {2}what was made before was undone, and/,
  );
  assert.equal((await inSandbox(scratch, ["mend", `${scratch.path}/c1`, "--quiet"])).exitCode, 1);
  assert.equal((await inSandbox(scratch, ["apply"])).exitCode, 0);
});
