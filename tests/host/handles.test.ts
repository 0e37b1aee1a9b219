import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { FilesystemShare, type Libc, type SharedFileHandle } from "../../ffi/mod.ts";
import { planError, requestError } from "../support/errors.ts";
import { mountsBelow } from "../support/mounts.ts";
import { libc } from "../support/runtimes.ts";
import { mountTest, random, type Scratch } from "../support/scratch.ts";
import { shapeOf, stateOf } from "../support/state.ts";

// What shareFile gives takes its share back, and nobody else's; what is not of a share that is clear is refused.

const container = { id: "c1" };
const mountOf = (scratch: Scratch) => ({ source: scratch.file("f"), destination: "/f" });

// The hub is a mount itself.
const sharesIn = (scratch: Scratch) => mountsBelow(scratch.inSandbox("mounts")).length - 1;

/** A share that has to be there. */
async function shared(promise: Promise<SharedFileHandle | null>): Promise<SharedFileHandle> {
  const handle = await promise;
  assert.ok(handle);
  return handle;
}

for (const together of [false, true]) {
  mountTest(`a handle takes its share back, together: ${together}`, async (scratch) => {
    const share = scratch.share();
    await share.prepare();
    await (await shared(share.shareFile({ id: "c0" }, mountOf(scratch), { together }))).unshare();
    const before = shapeOf(scratch.hostDir);
    {
      await using handle = await share.shareFile(container, mountOf(scratch), { together, random });
      assert.ok(handle?.hostPath);
      assert.equal(sharesIn(scratch), 1);
    }
    assert.deepEqual(shapeOf(scratch.hostDir), before);
  });
}

mountTest("a handle has the fields of a SharedFile, and nothing else that can be seen", async (scratch) => {
  const share = scratch.share();
  await share.prepare();
  const handle = await shared(share.shareFile(container, mountOf(scratch), { random }));
  const fields = {
    guestPath: `/guest/c1-${random}-f`,
    storages: [],
    hostPath: scratch.hub(`c1-${random}-f`),
  };
  assert.deepEqual(handle, fields);
  assert.deepEqual(JSON.parse(JSON.stringify(handle)), fields);
  assert.deepEqual(structuredClone(handle), fields);
  assert.ok(Object.isFrozen(handle));
});

mountTest("a handle takes back once: what is shared there afterwards is not its own", async (scratch) => {
  const share = scratch.share();
  await share.prepare();
  const first = await shared(share.shareFile(container, mountOf(scratch), { random }));
  await Promise.all([first.unshare(), first.unshare()]);
  await share.shareFile(container, mountOf(scratch), { random });
  await first.unshare();
  await first[Symbol.asyncDispose]();
  assert.equal(sharesIn(scratch), 1);
});

mountTest("a handle that failed to take back tries again", async (scratch) => {
  let isBroken = false;
  const broken: Libc = {
    name: libc.name,
    call: (name, ...args) => (isBroken && name === "umount2" ? -5 : libc.call(name, ...args)),
  };
  const share = scratch.share({}, { libc: broken });
  await share.prepare();
  const handle = await shared(share.shareFile(container, mountOf(scratch)));
  isBroken = true;
  assert.equal((await planError(handle.unshare())).failures[0]?.code, "EIO");
  isBroken = false;
  await handle.unshare();
  assert.equal(sharesIn(scratch), 0);
});

mountTest("a handle of a share of several leaves it to the others", async (scratch) => {
  const share = scratch.share();
  await share.prepare();
  const one = await shared(share.shareFile(container, mountOf(scratch), { together: true }));
  const other = await shared(share.shareFile({ id: "c2" }, mountOf(scratch), { together: true }));
  assert.equal(one.hostPath, other.hostPath);
  await one.unshare();
  assert.equal(sharesIn(scratch), 1);
  await other.unshare();
  assert.equal(sharesIn(scratch), 0);
});

mountTest("what the program does to its objects meanwhile does not concern a handle", async (scratch) => {
  const share = scratch.share();
  await share.prepare();
  const [whose, what] = [{ id: "c1" }, mountOf(scratch)];
  const handle = await shared(share.shareFile(whose, what));
  whose.id = "c2";
  what.destination = "/elsewhere";
  await handle.unshare();
  assert.equal(sharesIn(scratch), 0);
});

mountTest(
  "unshareFile refuses a mount without a hostPath, and another container's share",
  async (scratch) => {
    const share = scratch.share();
    await share.prepare();
    const mount = mountOf(scratch);
    const { hostPath } = await shared(share.shareFile({ id: "c2" }, mount));
    const before = stateOf(scratch.hostDir);
    for (const mounted of [mount, { ...mount, hostPath: undefined }]) {
      const error = await requestError(share.unshareFile(container, mounted));
      assert.deepEqual([error.code, error.path], ["missing-field", "mount.hostPath"]);
    }
    const error = await requestError(share.unshareFile(container, { ...mount, hostPath }));
    assert.deepEqual(
      [error.code, error.path, error.subject],
      ["other-container", "mount.hostPath", hostPath],
    );
    assert.deepEqual(stateOf(scratch.hostDir), before);
  },
);

mountTest("a FilesystemShare that is disposed of leaves what is mounted", async (scratch) => {
  let hostPath: string | undefined;
  {
    await using share = scratch.share();
    await share.prepare();
    hostPath = (await share.shareFile(container, mountOf(scratch)))?.hostPath;
  }
  assert.equal(sharesIn(scratch), 1);
  const another = scratch.share();
  await another.unshareFile(container, { destination: "/f", hostPath });
  await another.cleanup();
  assert.deepEqual(readdirSync(scratch.hostDir), []);
});

mountTest(
  "the view's path and the tag are there before anything is, and are what prepare makes",
  async (scratch) => {
    const share = scratch.share();
    const values = [share.viewPath, share.tag];
    assert.deepEqual(values, [scratch.inSandbox("shared"), "kataShared"]);
    assert.deepEqual(readdirSync(scratch.hostDir), []);
    const [storage] = await share.prepare();
    assert.deepEqual([share.viewPath, share.tag], values);
    assert.equal(storage?.source, share.tag);
    assert.ok(mountsBelow(scratch.hostDir).some(({ point }) => point === share.viewPath));
  },
);

mountTest("a sandbox's view is where its directories say, and none where nothing is shared", async () => {
  const viewOf = (sandbox: object) => {
    const share = new FilesystemShare({ id: "s1", ...sandbox });
    return [share.viewPath, share.tag];
  };
  const usual = "/run/kata-containers/shared/sandboxes/s1/shared";
  assert.deepEqual(viewOf({}), [usual, "kataShared"]);
  assert.deepEqual(viewOf({ sharedFs: "virtio-9p", shmSize: 1 }), [usual, "kataShared"]);
  assert.deepEqual(viewOf({ rootlessDir: "/run/user/1/" }), [`/run/user/1${usual}`, "kataShared"]);
  for (const sandbox of [{ sharedFs: "none", shmSize: 4096 }, { hypervisor: "firecracker" }])
    assert.deepEqual(viewOf(sandbox), [undefined, undefined]);
  assert.throws(() => viewOf({ id: "../x" }), { name: "RequestError", path: "sandbox.id" });
});
