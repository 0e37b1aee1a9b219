import assert from "node:assert/strict";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
} from "node:fs";
import { container } from "../support/full-sandbox.ts";
import { mount, mountOn, mountsBelow, mountTmpfs, unmount } from "../support/mounts.ts";
import { libc } from "../support/runtimes.ts";
import { mountTest, random, type Scratch } from "../support/scratch.ts";
import { shapeOf } from "../support/state.ts";
import { interrupted } from "../support/wrapped-libc.ts";

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
