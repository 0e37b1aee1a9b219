import assert from "node:assert/strict";
import { readlinkSync } from "node:fs";
import { findmntColumns, readFindmnt } from "../../table/mod.ts";
import { commandHere, terminalHere } from "../support/cli/command-here.ts";
import { ownRuntime } from "../support/runtimes.ts";
import { Worker } from "../support/sandbox/worker.ts";
import { mountTest, random, type Scratch } from "../support/scratch.ts";
import { kernelTable } from "../support/table/kernel-table.ts";

// `guestshare list`.

const odd = "v\x1b[31m\u202e";

async function shared(scratch: Scratch): Promise<void> {
  const share = scratch.share();
  await share.prepare();
  const together = { random, together: true };
  for (const id of ["c1", "c2"])
    await share.shareFile(
      { id },
      { source: scratch.file("data"), destination: "/d", options: ["ro"] },
      together,
    );
  await share.shareFile({ id: "c3" }, { source: scratch.directory(odd), destination: "/v" }, { random });
}

mountTest("list shows a sandbox as a tree, and no character that moves a cursor", async (scratch) => {
  await shared(scratch);
  const words = ["list", "--host-dir", scratch.hostDir, "-o", "target,host-path,users,in-view"];
  const { exitCode, stdout, stderr } = await commandHere(words);
  const expected = [
    ["TARGET", "HOST-PATH", "USERS", "IN-VIEW"],
    [scratch.inSandbox()],
    ["├─mounts"],
    [`│ ├─sandbox-${random}-data`, `${scratch.path}/data`, "c1,c2", "yes"],
    [`│ └─c3-${random}-v`, `${scratch.path}/v\\x1b[31m\\u{202e}`, "c3", "yes"],
    ["└─shared"],
  ];
  assert.deepEqual(
    stdout
      .trimEnd()
      .split("\n")
      .map((line) => line.split(/ {2,}/)),
    expected,
  );
  assert.deepEqual([exitCode, stderr], [0, ""]);
  assert.equal((await terminalHere(words)).stdout, stdout);
});

mountTest("list --json has findmnt's shape, and what findmnt does not know", async (scratch) => {
  await shared(scratch);
  const words = ["list", "--json", "--host-dir", scratch.hostDir];
  const { schemaVersion, filesystems } = JSON.parse((await commandHere(words)).stdout);
  const [guard] = filesystems;
  const [hub, view] = guard.children;
  assert.equal(schemaVersion, 1);
  assert.deepEqual([guard.role, hub.role, view.role], ["guard", "hub", "view"]);
  const { target, fstype, options, users, "host-path": hostPath, "in-view": isInView } = hub.children[0];
  assert.deepEqual(
    { target, fstype, options, users, hostPath, isInView },
    {
      ...{ target: scratch.hub(`sandbox-${random}-data`), fstype: "tmpfs", options: "ro,relatime" },
      ...{ users: ["c1", "c2"], hostPath: `${scratch.path}/data`, isInView: true },
    },
  );
  // Who reads findmnt's own output reads this one, and gets what the kernel has.
  const { mounts, refused } = readFindmnt((await commandHere([...words, "-o", findmntColumns])).stdout);
  assert.deepEqual(refused, []);
  const known = new Map(kernelTable().map((mount) => [mount.target, mount]));
  assert.equal(mounts.length, 5);
  for (const { id: _, parent: __, ...mount } of mounts) {
    const { id: ___, parent: ____, ...kernels } = known.get(mount.target) ?? { id: 0, parent: 0 };
    assert.deepEqual(mount, kernels);
  }
});

mountTest("list says that there is nothing, and --json says so too", async (scratch) => {
  const words = ["list", "--host-dir", scratch.hostDir];
  const elsewhere = "`guestshare list --everywhere` looks into other mount namespaces, too.";
  for (const [more, stderr] of [
    [[], `No sandboxes are here. ${elsewhere}\n`],
    [["--everywhere"], "No sandboxes are here.\n"],
  ] as const)
    assert.deepEqual(await commandHere([...words, ...more]), { exitCode: 0, stdout: "", stderr });
  assert.deepEqual(JSON.parse((await commandHere([...words, "--json"])).stdout), {
    schemaVersion: 1,
    filesystems: [],
  });
});

mountTest(
  "list --everywhere shows the sandboxes of other mount namespaces, and who is there",
  async (scratch) => {
    const there = await Worker.start(ownRuntime, ["unshare", "-m", "--propagation", "private", "--"]);
    await there.obey({ sandbox: scratch.sandbox(), calls: [["prepare"]] as never });
    const words = ["list", "--host-dir", scratch.hostDir, "--json"];
    assert.deepEqual(JSON.parse((await commandHere(words)).stdout).filesystems, []);
    const [guard] = JSON.parse((await commandHere([...words, "--everywhere"])).stdout).filesystems;
    assert.equal(guard.sandbox, "s1");
    assert.equal(readlinkSync(`/proc/${guard.process}/ns/mnt`), `mnt:[${guard.namespace}]`);
    await there.end();
  },
);

mountTest("list refuses a column that there is not, and a sandbox that is not there", async (scratch) => {
  const place = ["--host-dir", scratch.hostDir];
  const column = await commandHere(["list", "-o", "hostpath", ...place]);
  assert.equal(column.exitCode, 64);
  assert.match(
    column.stderr,
    /Cannot list the column "hostpath"\n.*\n {2}next: perhaps "HOST-PATH" is meant/,
  );
  const sandbox = await terminalHere(["list", "--id", "s9", ...place]);
  assert.equal(sandbox.exitCode, 1);
  assert.match(sandbox.stdout, /Cannot list sandbox "s9".*\n {2}why: .*\n {2}next: .*--everywhere/);
});
