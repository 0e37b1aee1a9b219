import assert from "node:assert/strict";
import { setTimeout as wait } from "node:timers/promises";
import { type FollowOptions, followSandboxes, type MountChange } from "../../ffi/mod.ts";
import { recognise } from "../../table/mod.ts";
import { lacking } from "../support/faults/wrapped-libc.ts";
import { mountTmpfs, unmount } from "../support/mounts.ts";
import { libc } from "../support/runtimes.ts";
import { rounds } from "../support/sample.ts";
import { container } from "../support/sandbox/full.ts";
import { Worker } from "../support/sandbox/worker.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";
import { kernelTable } from "../support/table/kernel-table.ts";

const EINVAL = 22;
const polling = lacking(libc, { fanotify_init: EINVAL });

/** The changes while something is done, until nothing more comes. */
async function changesOf(
  scratch: Scratch,
  work: () => Promise<unknown>,
  options: Partial<FollowOptions> = {},
): Promise<MountChange[]> {
  const ending = new AbortController();
  const changes: MountChange[] = [];
  const following = (async () => {
    const { signal } = ending;
    for await (const change of followSandboxes({ hostDir: scratch.hostDir, libc, signal, ...options }))
      changes.push(change);
  })();
  while (changes.length === 0) await wait(1);
  await work();
  for (let count = -1; count !== changes.length; await wait(300)) count = changes.length;
  ending.abort();
  await following;
  return changes;
}

function said(scratch: Scratch, changes: readonly MountChange[]): string[] {
  return changes.map((change) =>
    change.kind === "looked"
      ? `${change.reason} ${change.sandboxes.map(({ id }) => id)}`
      : `${change.kind} ${change.mount?.target.slice(scratch.inSandbox().length) ?? change.id}`,
  );
}

for (const [how, options] of [
  ["told by the kernel", {}],
  ["compared", { libc: polling, intervalMs: 20 }],
] as const) {
  mountTest(`${how}: what comes and goes is told in order, and nothing from elsewhere`, async (scratch) => {
    const share = scratch.share();
    const mount = { source: scratch.file("f"), destination: "/f" };
    const random = "0".repeat(16);
    const hostPath = scratch.hub(`c1-${random}-f`);
    const changes = await changesOf(
      scratch,
      async () => {
        await share.prepare();
        await wait(200);
        await share.shareFile(container, mount, { random });
        mountTmpfs(scratch.directory("elsewhere"));
        await wait(200);
        await share.unshareFile(container, { ...mount, hostPath });
        await wait(200);
        await share.cleanup();
        unmount(`${scratch.path}/elsewhere`);
      },
      options,
    );
    const name = `c1-${random}-f`;
    const told = said(scratch, changes);
    assert.deepEqual(told.slice(0, 4), ["start ", "attached ", "attached /mounts", "attached /shared"]);
    assert.deepEqual(told.slice(4, 6).sort(), [`attached /mounts/${name}`, `attached /shared/${name}`]);
    assert.deepEqual(told.slice(6, 8).sort(), [`detached /mounts/${name}`, `detached /shared/${name}`]);
    assert.deepEqual(told.slice(8).sort(), ["detached ", "detached /mounts", "detached /shared"]);
  });
}

mountTest("each share of another process is told, in its order", async (scratch) => {
  const count = rounds(500, 100);
  scratch.file("f");
  await scratch.share().prepare();
  const worker = await Worker.start();
  const mount = { source: `${scratch.path}/f`, destination: "/f" };
  const randoms = Array.from({ length: count }, (_, at) => at.toString(16).padStart(16, "0"));
  const calls = randoms.map((random) => ["shareFile", container, mount, { random }]) as never[];
  const changes = await changesOf(scratch, () => worker.obey({ sandbox: scratch.sandbox(), calls }));
  await worker.end();
  const inHub = said(scratch, changes).filter((line) => line.startsWith("attached /mounts/"));
  assert.deepEqual(
    inHub,
    randoms.map((random) => `attached /mounts/c1-${random}-f`),
  );
  assert.equal(changes.length, 1 + 2 * count);
});

mountTest("where events were lost, all that is there is told again", async (scratch) => {
  let isLost = false;
  const losing: typeof libc = {
    name: libc.name,
    call(...args) {
      const [name, , buffer] = args;
      if (name !== "read" || !isLost || !(buffer instanceof Uint8Array)) return libc.call(...args);
      isLost = false;
      // struct fanotify_event_metadata with FAN_Q_OVERFLOW
      new Uint32Array(buffer.buffer, buffer.byteOffset, 6).set([
        24,
        3 | (24 << 16),
        0x4000,
        0,
        0xffffffff,
        0,
      ]);
      return 24;
    },
  };
  const changes = await changesOf(
    scratch,
    async () => {
      isLost = true;
      while (isLost) await wait(1);
      await scratch.share().prepare();
    },
    { libc: losing },
  );
  assert.deepEqual(said(scratch, changes).slice(0, 2), ["start ", "lost "]);
  const last = recognise(kernelTable(), { hostDir: scratch.hostDir });
  assert.equal(last.length, 1);
  assert.equal(changes.filter(({ kind }) => kind === "attached").length, 3);
});

mountTest("what was gone before anybody looked has only its id", async (scratch) => {
  const changes = await changesOf(
    scratch,
    async () => {
      for (let round = 0; round < 20; round += 1) {
        mountTmpfs(scratch.hostDir);
        unmount(scratch.hostDir);
      }
      await scratch.share().prepare();
    },
    { intervalMs: 300 },
  );
  for (const change of changes) {
    if (change.kind === "attached" && !change.mount) assert.ok(change.id > 0);
    if (change.kind === "detached") assert.ok(change.mount);
  }
  const attached = said(scratch, changes).filter((line) => /^attached (?:\/|$)/.test(line));
  assert.deepEqual(attached, ["attached ", "attached /mounts", "attached /shared"]);
});

mountTest("it ends by its signal, and by the loop that is left, and leaves nothing open", async (scratch) => {
  await changesOf(scratch, async () => {});
  for await (const change of followSandboxes({ hostDir: scratch.hostDir, libc })) {
    assert.equal(change.kind, "looked");
    break;
  }
  const aborted = AbortSignal.abort();
  const all = [];
  for await (const change of followSandboxes({ hostDir: scratch.hostDir, libc, signal: aborted }))
    all.push(change);
  assert.equal(all.length, 1);
});
