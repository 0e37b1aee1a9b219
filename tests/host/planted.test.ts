import assert from "node:assert/strict";
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  statSync,
  symlinkSync,
  unlinkSync,
} from "node:fs";
import { umask } from "node:process";
import { counting, interrupted } from "../support/faults/wrapped-libc.ts";
import { mount, mountOn, mountsBelow, mountTmpfs, unmount } from "../support/mounts.ts";
import { libc } from "../support/runtimes.ts";
import { container } from "../support/sandbox/full.ts";
import { mountTest, random, type Scratch } from "../support/scratch.ts";
import { shapeOf, treeOf } from "../support/state.ts";

const name = `c1-${random}-x`;

/** A directory outside, with a mount that nobody may take away. */
function outside(scratch: Scratch): string {
  mountTmpfs(scratch.directory("outside/mount"));
  scratch.file("outside/mount/secret");
  return `${scratch.path}/outside`;
}

for (const kind of ["file", "directory"] as const) {
  mountTest(
    `a link in a ${kind} share's place, planted before it is attached, is not followed`,
    async (scratch) => {
      await scratch.share().prepare();
      const target = `${outside(scratch)}/mount`;
      const source = kind === "file" ? scratch.file("f") : scratch.directory("d");
      const planting = interrupted(libc, { before: "move_mount" }, () => {
        if (kind === "file") unlinkSync(scratch.hub(name));
        else rmdirSync(scratch.hub(name));
        symlinkSync(target, scratch.hub(name));
      });
      const before = mountsBelow(target);
      const share = scratch.share({}, { libc: planting });
      const shared = share.shareFile(container, { source, destination: "/x" }, { random });
      // A file may land on the link itself, which hides it; that is where the share belongs.
      if (kind === "file") await shared;
      else await assert.rejects(shared, { name: "StepError" });
      assert.deepEqual(mountsBelow(target), before);
      assert.deepEqual(readdirSync(target), ["secret"]);
      await share.cleanup();
      assert.deepEqual(mountsBelow(target), before);
      assert.deepEqual(shapeOf(scratch.hostDir), [". directory 0755"]);
    },
  );

  mountTest(`a link in a ${kind} share's place is not followed when it is unshared`, async (scratch) => {
    const share = scratch.share();
    await share.prepare();
    const target = `${outside(scratch)}/mount`;
    const source = kind === "file" ? scratch.file("f") : scratch.directory("d");
    const shared = await share.shareFile(container, { source, destination: "/x" }, { random });
    const plant = () => {
      unmount(scratch.hub(name));
      renameSync(scratch.hub(name), scratch.hub("away"));
      symlinkSync(target, scratch.hub(name));
    };
    const planting = scratch.share({}, { libc: interrupted(libc, { before: "umount2" }, plant) });
    const mine = { destination: "/x", hostPath: shared?.hostPath as string };
    await assert.rejects(planting.unshareFile(container, mine), { name: "PlanError" });
    await assert.rejects(share.unshareFile(container, mine), /no placeholder of ours/);
    assert.equal(readFileSync(`${target}/secret`, "utf8"), "outside/mount/secret");
    assert.equal(mountsBelow(target).length, 1);
    await share.cleanup();
    assert.equal(mountsBelow(target).length, 1);
    assert.deepEqual(shapeOf(scratch.hostDir), [". directory 0755"]);
  });
}

mountTest("a link in place of a container's directory is not followed", async (scratch) => {
  const share = scratch.share();
  await share.prepare();
  const target = outside(scratch);
  symlinkSync(target, scratch.hub("c1"));
  const root = { id: "c1", rootFs: { target: scratch.directory("image") } };
  await assert.rejects(share.shareRootFilesystem(root), { name: "StepError" });
  mkdirSync(`${target}/rootfs`);
  mountTmpfs(`${target}/rootfs`);
  await assert.rejects(share.unshareRootFilesystem(root), { name: "PlanError" });
  assert.ok(mountOn(`${target}/rootfs`));
  assert.deepEqual(readdirSync(target), ["mount", "rootfs"]);
});

mountTest("a container's directory that becomes a link on the way is not followed", async (scratch) => {
  await scratch.share().prepare();
  const target = outside(scratch);
  const plant = () => {
    rmdirSync(scratch.hub("c1"));
    symlinkSync(target, scratch.hub("c1"));
  };
  const planting = scratch.share({}, { libc: interrupted(libc, { before: "mkdirat", at: 2 }, plant) });
  const root = { id: "c1", rootFs: { target: scratch.directory("image") } };
  await planting.shareRootFilesystem(root).catch(() => {});
  assert.deepEqual(readdirSync(target), ["mount"]);
  assert.equal(mountsBelow(target).length, 1);
});

/** Calls `use` with this umask. */
async function withUmask(mask: number, use: () => Promise<void>): Promise<void> {
  const before = umask(mask);
  try {
    await use();
  } finally {
    umask(before);
  }
}

mountTest("a container's directory has the mode of its plan, whatever the umask", async (scratch) => {
  const share = scratch.share();
  const root = { id: "c1", rootFs: { target: scratch.directory("image") } };
  for (const mask of [0, 0o022, 0o077, 0o777]) {
    await withUmask(mask, async () => {
      await share.prepare();
      await share.shareRootFilesystem(root);
      const modes = ["mounts", "mounts/c1"].map((name) => statSync(scratch.inSandbox(name)).mode & 0o7777);
      assert.deepEqual(modes, [0o750, 0o750], mask.toString(8));
      await share.cleanup();
    });
  }
});

for (const mask of [0o022, 0o077]) {
  mountTest(
    `a directory that becomes a link before any call changes nothing outside, with umask ${mask.toString(8)}`,
    (scratch) => withUmask(mask, () => plantBeforeEachCall(scratch)),
  );
}

async function plantBeforeEachCall(scratch: Scratch): Promise<void> {
  const target = outside(scratch);
  chmodSync(target, 0o751);
  const before = [treeOf(target), mountsBelow(target)];
  const container = {
    ...{ id: "c1", rootFs: { target: scratch.directory("image") } },
    mounts: [{ destination: "/d", source: scratch.directory("d"), options: ["bind"] }],
  };
  const share = scratch.share();
  await share.prepare();
  const counted = counting(libc);
  await scratch.share({}, { libc: counted }).shareContainer(container);
  await share.cleanup();
  for (const name of ["c1", ".users"]) {
    const plant = () => {
      try {
        rmdirSync(scratch.hub(name));
        symlinkSync(target, scratch.hub(name));
      } catch {} // not there yet, or not empty any more
    };
    for (let at = 1; at <= counted.log.length; at++) {
      await share.prepare();
      const planting = scratch.share({}, { libc: interrupted(libc, { at }, plant) });
      await planting.shareContainer(container).catch(() => {});
      await planting.unshareContainer(container).catch(() => {});
      assert.deepEqual([treeOf(target), mountsBelow(target)], before, `${name} before call ${at}`);
      await share.cleanup();
    }
  }
}

for (const place of ["mounts", "shared"]) {
  mountTest(
    `a link in place of "${place}", planted while the sandbox is prepared, is not followed`,
    async (scratch) => {
      const target = outside(scratch);
      // Sampled: before each attaching and each making of a directory.
      for (const before of ["move_mount", "mkdirat"] as const) {
        for (const at of [1, 2, 3]) {
          const plant = () => {
            try {
              rmdirSync(scratch.inSandbox(place));
            } catch {} // not there yet, or busy
            try {
              symlinkSync(`${target}/mount`, scratch.inSandbox(place));
            } catch {}
          };
          const planting = scratch.share({}, { libc: interrupted(libc, { before, at }, plant) });
          await planting.prepare().catch(() => {});
          assert.equal(mountsBelow(target).length, 1);
          assert.deepEqual(readdirSync(`${target}/mount`), ["secret"]);
          await scratch
            .share()
            .cleanup()
            .catch(() => {});
          assert.equal(mountsBelow(target).length, 1);
          for (const link of readdirSync(scratch.hostDir).length > 0
            ? readdirSync(scratch.inSandbox())
            : []) {
            unlinkSync(scratch.inSandbox(link));
          }
          await scratch.share().cleanup();
          assert.deepEqual(shapeOf(scratch.hostDir), [". directory 0755"]);
        }
      }
    },
  );
}

mountTest(
  "a mount planted in a share's place is covered or refused, and cleanup takes both",
  async (scratch) => {
    const share = scratch.share();
    await share.prepare();
    const target = outside(scratch);
    const plant = () => mount("--bind", target, scratch.hub(name));
    const planting = scratch.share({}, { libc: interrupted(libc, { before: "move_mount" }, plant) });
    const one = { source: scratch.directory("d"), destination: "/x" };
    const shared = await planting.shareFile(container, one, { random }).catch(() => undefined);
    if (shared) assert.deepEqual(readdirSync(scratch.hub(name)), []);
    await share.unshareFile(container, { ...one, hostPath: scratch.hub(name) }).catch(() => {});
    assert.deepEqual(readdirSync(target), ["mount"]);
    await share.cleanup();
    assert.deepEqual(readdirSync(`${target}/mount`), ["secret"]);
    assert.deepEqual(shapeOf(scratch.hostDir), [". directory 0755"]);
  },
);

mountTest("a share that others detached is gone, and unsharing it is fine", async (scratch) => {
  const share = scratch.share();
  await share.prepare();
  const shared = await share.shareFile(
    container,
    { source: scratch.file("f"), destination: "/x" },
    { random },
  );
  unmount(scratch.hub(name));
  await share.unshareFile(container, { destination: "/x", hostPath: shared?.hostPath as string });
  assert.deepEqual(readdirSync(scratch.inSandbox("mounts")), []);
});
