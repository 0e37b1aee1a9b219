import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { type Mount, PlanError, StepError } from "../../ffi/mod.ts";
import { stepError } from "../support/errors.ts";
import { rejectionOf } from "../support/faults/sweep.ts";
import { mountOn, mountTmpfs, unmount } from "../support/mounts.ts";
import { containerWith, digits } from "../support/sandbox/together.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";
import { shapeOf } from "../support/state.ts";

const name = `sandbox-${digits(0)}-f`;

function outside(scratch: Scratch): string {
  mountTmpfs(scratch.directory("outside/mount"));
  scratch.file("outside/c1", "");
  scratch.file(`outside/${name}/c1`, "");
  return `${scratch.path}/outside`;
}

// What somebody did to the users of the one share, which c1 has; and whether that can be ignored.
type Row = [what: string, isIgnored: boolean, plant: (users: string, outside: string) => void];
const rows: readonly Row[] = [
  [
    "is a link to elsewhere",
    false,
    (users, outside) => {
      renameSync(users, `${users}-away`);
      symlinkSync(outside, users);
    },
  ],
  [
    "is a file",
    false,
    (users) => {
      rmSync(users, { recursive: true });
      writeFileSync(users, "");
    },
  ],
  ["has something mounted on it", false, (users) => mountTmpfs(users)],
  ["has a stray file", true, (users) => writeFileSync(`${users}/stray`, "x")],
  ["has a stray link", true, (users, outside) => symlinkSync(outside, `${users}/stray`)],
  ["has a stray directory", true, (users) => mkdirSync(`${users}/stray`)],
  [
    "has a stray directory with directories in it",
    true,
    (users) => mkdirSync(`${users}/stray/c9/x`, { recursive: true }),
  ],
  [
    "has names that are not UTF-8",
    true,
    (users) => {
      mkdirSync(Buffer.concat([Buffer.from(`${users}/`), Buffer.from([0xff, 0xfe])]));
      writeFileSync(Buffer.concat([Buffer.from(`${users}/${name}/`), Buffer.from([0xff])]), "");
    },
  ],
  [
    "has a link in place of the share's directory",
    false,
    (users, outside) => {
      rmSync(`${users}/${name}`, { recursive: true });
      symlinkSync(`${outside}/${name}`, `${users}/${name}`);
    },
  ],
  [
    "has a file in place of the share's directory",
    false,
    (users) => {
      rmSync(`${users}/${name}`, { recursive: true });
      writeFileSync(`${users}/${name}`, "");
    },
  ],
  [
    "has a directory in place of a user",
    false,
    (users) => {
      rmSync(`${users}/${name}/c1`);
      mkdirSync(`${users}/${name}/c1`);
    },
  ],
  [
    "has a link in place of a user",
    true,
    (users, outside) => {
      rmSync(`${users}/${name}/c1`);
      symlinkSync(`${outside}/c1`, `${users}/${name}/c1`);
    },
  ],
  [
    "has odd modes",
    true,
    (users) => {
      chmodSync(`${users}/${name}`, 0o3777);
      chmodSync(users, 0);
    },
  ],
];

for (const [what, isIgnored, plant] of rows) {
  mountTest(
    `where .users ${what}, that is ${isIgnored ? "ignored" : "told"}, and nothing elsewhere is touched`,
    async (scratch) => {
      const elsewhere = outside(scratch);
      const mount: Mount = { source: scratch.file("f"), destination: "/f", readOnly: true };
      const share = scratch.share();
      await share.prepare();
      await share.shareContainer(containerWith(scratch, "c1", [mount]), { random: [digits(0)] });
      plant(scratch.hub(".users"), elsewhere);
      const before = shapeOf(elsewhere);
      const ends = [
        await rejectionOf(share.shareContainer(containerWith(scratch, "c2", [mount]))),
        await rejectionOf(share.unshareContainer({ id: "c2" })),
        await rejectionOf(share.unshareContainer({ id: "c1" })),
      ];
      assert.deepEqual(shapeOf(elsewhere), before);
      await share.cleanup();
      assert.deepEqual(shapeOf(scratch.hostDir), [". directory 0755"]);
      assert.deepEqual(shapeOf(elsewhere), before);
      for (const end of ends) {
        const isClear =
          end === undefined || (!isIgnored && (end instanceof StepError || end instanceof PlanError));
        assert.ok(isClear, `${end}`);
      }
    },
  );
}

mountTest("a hub that is not mounted holds no shares, and gets none", async (scratch) => {
  const share = scratch.share();
  await share.prepare();
  const container = containerWith(scratch, "c1", [{ source: scratch.file("f"), destination: "/f" }]);
  await share.shareContainer(container);
  unmount(scratch.inSandbox("mounts"));
  mkdirSync(`${scratch.inSandbox("mounts")}/.users/${name}`, { recursive: true });
  writeFileSync(`${scratch.inSandbox("mounts")}/.users/${name}/c1`, "");
  const error = await stepError(share.shareContainer(container));
  assert.deepEqual([error.code, error.step.op], ["ENOENT", "mkdir"]);
  assert.match(error.message, /call prepare first/);
  await share.unshareContainer(container);
  assert.deepEqual(readdirSync(`${scratch.inSandbox("mounts")}/.users/${name}`), ["c1"]);
});

mountTest("a tmpfs of somebody else's in place of the hub holds no shares", async (scratch) => {
  const share = scratch.share();
  await share.prepare();
  const container = containerWith(scratch, "c1", [{ source: scratch.file("f"), destination: "/f" }]);
  const hub = scratch.inSandbox("mounts");
  mountTmpfs(hub);
  mkdirSync(`${hub}/.users/${name}`, { recursive: true });
  writeFileSync(`${hub}/.users/${name}/c1`, "");
  mountTmpfs(scratch.directory(`sandboxes/s1/mounts/${name}`));
  const error = await stepError(share.shareContainer(container));
  assert.equal(error.code, "EEXIST");
  const end = await rejectionOf(share.unshareContainer(container));
  assert.ok(end === undefined || end instanceof PlanError, `${end}`);
  assert.ok(mountOn(`${hub}/${name}`), "somebody else's mount is gone");
  await share.cleanup();
});
