import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmdirSync, symlinkSync, writeFileSync } from "node:fs";
import { planError } from "../support/errors.ts";
import { mount, mountsBelow, mountTmpfs } from "../support/mounts.ts";
import { refused } from "../support/refused.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";
import { stateOf } from "../support/state.ts";

const container = { id: "c1" };
const directory = { id: "c1", rootFs: { target: "/usr" } };

// Rows: what is in the way, the error of prepare, and how it comes there; hub and view are not made yet.
type Row = [what: string, code: RegExp, place: (scratch: Scratch) => void];

const made = (scratch: Scratch) => mkdirSync(scratch.inSandbox());
const rows: Row[] = [
  ["a file as the sandbox's directory", /ENOTDIR/, (scratch) => writeFileSync(scratch.inSandbox(), "mine")],
  [
    "a link as the sandbox's directory",
    /ENOTDIR|ELOOP/,
    (scratch) => symlinkSync(scratch.directory("elsewhere"), scratch.inSandbox()),
  ],
  [
    "a link to nowhere as the sandbox's directory",
    /ENOTDIR|ELOOP/,
    (scratch) => symlinkSync(`${scratch.path}/nowhere`, scratch.inSandbox()),
  ],
  [
    "a foreign mount on the sandbox's directory",
    /EEXIST.*something else is mounted on the sandbox's directory/,
    (scratch) => {
      made(scratch);
      mountTmpfs(scratch.inSandbox());
    },
  ],
  [
    "another directory bound on the sandbox's",
    /EEXIST.*something else is mounted on the sandbox's directory/,
    (scratch) => {
      made(scratch);
      mount("--bind", scratch.directory("elsewhere"), scratch.inSandbox());
    },
  ],
];
for (const name of ["mounts", "shared"]) {
  const file: Row = [
    `a file as "${name}"`,
    /EEXIST.*no directory has this name/,
    (scratch) => {
      made(scratch);
      writeFileSync(scratch.inSandbox(name), "mine");
    },
  ];
  const link: Row = [
    `a link as "${name}"`,
    /EEXIST.*no directory has this name/,
    (scratch) => {
      made(scratch);
      symlinkSync(scratch.directory("elsewhere"), scratch.inSandbox(name));
    },
  ];
  const foreign: Row = [
    `a foreign mount on "${name}"`,
    /EEXIST.*something else is mounted where/,
    (scratch) => {
      mkdirSync(scratch.inSandbox(name), { recursive: true });
      mount("--bind", scratch.inSandbox(), scratch.inSandbox()); // a guard, so that this is seen
      mount("--make-private", scratch.inSandbox());
      mount("--make-unbindable", scratch.inSandbox());
      mountTmpfs(scratch.inSandbox(name));
      mount("--make-shared", scratch.inSandbox(name));
      writeFileSync(`${scratch.inSandbox(name)}/mine`, "mine");
    },
  ];
  rows.push(file, link, foreign);
}

for (const [what, expected, place] of rows) {
  mountTest(`${what} makes prepare and share refuse, and stays`, async (scratch) => {
    place(scratch);
    const share = scratch.share();
    const error = await refused(scratch, () => share.prepare());
    assert.match(error.message, expected);
    assert.ok(error.message.includes(scratch.inSandbox()), error.message);
    const before = stateOf(scratch.path);
    const mountOne = { source: scratch.path, destination: "/x" };
    await assert.rejects(share.shareFile(container, mountOne), { name: "StepError" });
    await assert.rejects(share.shareRootFilesystem(directory), { name: "StepError" });
    assert.deepEqual(stateOf(scratch.path), before);
  });
}

mountTest("a foreign mount on the sandbox's directory is not taken away by cleanup", async (scratch) => {
  mkdirSync(scratch.inSandbox());
  mountTmpfs(scratch.inSandbox());
  writeFileSync(scratch.inSandbox("mine"), "mine");
  const error = await planError(scratch.share().cleanup());
  assert.match(error.message, /something else is mounted on the sandbox's directory; unmount it yourself/);
  assert.equal(readFileSync(scratch.inSandbox("mine"), "utf8"), "mine");
});

mountTest("a link as the sandbox's directory is not followed by cleanup", async (scratch) => {
  const other = scratch.share({ id: "other" });
  await other.prepare();
  symlinkSync("other", scratch.inSandbox());
  const before = stateOf(scratch.path);
  await assert.rejects(scratch.share().cleanup(), { name: "PlanError" });
  await assert.rejects(scratch.share().cleanup({ revoke: true }), { name: "PlanError" });
  assert.deepEqual(stateOf(scratch.path), before);
});

mountTest("without prepare there is nowhere to share, and nothing is made", async (scratch) => {
  const share = scratch.share();
  const one = { source: scratch.file("f"), destination: "/x" };
  for (const call of [() => share.shareFile(container, one), () => share.shareRootFilesystem(directory)]) {
    const error = await refused(scratch, call);
    assert.match(error.message, /ENOENT.*not prepared; call prepare first/);
    mkdirSync(scratch.inSandbox("mounts"), { recursive: true });
    assert.match((await refused(scratch, call)).message, /ENOENT.*not prepared; call prepare first/);
    rmdirSync(scratch.inSandbox("mounts"));
    rmdirSync(scratch.inSandbox());
  }
  await share.prepare();
  await share.cleanup();
  assert.match((await refused(scratch, () => share.shareFile(container, one))).message, /not prepared/);
  assert.deepEqual(mountsBelow(scratch.hostDir), []);
});

mountTest("a directory for sandboxes that cannot be made is an error with its reason", async (scratch) => {
  scratch.file("file");
  const cases: [string, string][] = [
    [`${scratch.path}/file/x`, "ENOTDIR"],
    [`${scratch.path}/file`, "ENOTDIR"],
    ["/proc/guestshare", "ENOENT"],
    ["/sys/guestshare", "EPERM"],
  ];
  for (const [hostDir, code] of cases) {
    const share = scratch.share({ hostDir });
    const error = await refused(scratch, () => share.prepare());
    assert.equal(error.code.replace("EACCES", "EPERM").replace("EEXIST", "ENOTDIR"), code, error.message);
    assert.ok(error.message.includes(hostDir), error.message);
  }
});
