import assert from "node:assert/strict";
import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { hostOf } from "../../ffi/linux/host.ts";
import { openLibc } from "../../ffi/mod.ts";
import { rejection, stepError } from "../support/errors.ts";
import { Fuse } from "../support/faults/fuse.ts";
import { libcNames } from "../support/runtimes.ts";
import { containerWith } from "../support/sandbox/together.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";
import { descriptors, shapeOf } from "../support/state.ts";

const container = { id: "c1" };

/** A FUSE filesystem that hangs, in a prepared sandbox. */
async function hung(scratch: Scratch): Promise<Fuse> {
  await scratch.share().prepare();
  const server = await Fuse.mount(scratch, "fuse");
  server.hang();
  return server;
}

// A child that hangs in the kernel ends with its server; until then Deno has a descriptor of it.
async function haveAtMost(count: number): Promise<void> {
  for (let round = 0; round < 500 && descriptors() > count; round += 1)
    await new Promise((resolve) => setTimeout(resolve, 10));
  assert.ok(descriptors() <= count, "descriptors were left open");
}

mountTest(
  "a source of a server that answers is shared, though the kernel may cache no name of it",
  async (scratch) => {
    await scratch.share().prepare();
    const server = await Fuse.mount(scratch, "fuse");
    for (const name of ["file", "directory"]) {
      const shared = await scratch
        .share()
        .shareFile(container, { source: `${server.path}/${name}`, destination: "/x" });
      assert.equal(readFileSync("/proc/self/mountinfo", "utf8").includes(shared?.hostPath as string), true);
    }
    await scratch.share().cleanup();
    await server.die();
  },
);

for (const libcName of libcNames) {
  mountTest(`a source that hangs is given up, and nobody else waits, by ${libcName}`, async (scratch) => {
    const server = await hung(scratch);
    const share = scratch.share({}, { libc: await openLibc(libcName), sourceTimeoutMs: 700 });
    const before = shapeOf(scratch.hostDir);
    const open = descriptors();
    const source = `${server.path}/file`;
    let ended = false;
    const failing = stepError(share.shareFile(container, { source, destination: "/f" })).finally(() => {
      ended = true;
    });
    await share.shareFile(
      { id: "c2" },
      { source: scratch.file("f"), destination: "/f" },
      { random: "0".repeat(16) },
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(await readFile(scratch.file("g"), "utf8"), "g");
    assert.equal(ended, false, "it was not waited for");
    const error = await failing;
    assert.deepEqual([error.step.op, error.call, error.code], ["bind", "openat2", "ETIMEDOUT"]);
    assert.ok(error.message.includes(`the server of ${JSON.stringify(source)} did not answer within 700 ms`));
    await share.unshareFile(
      { id: "c2" },
      { destination: "/f", hostPath: scratch.hub(`c2-${"0".repeat(16)}-f`) },
    );
    assert.deepEqual(shapeOf(scratch.hostDir), before);
    await share.cleanup();
    await server.die();
    await haveAtMost(open);
  });
}

mountTest("a signal ends the waiting for a source at once, with its reason", async (scratch) => {
  const server = await hung(scratch);
  const source = `${server.path}/file`;
  const mounts = [{ source, destination: "/f" }];
  const share = scratch.share({}, { sourceTimeoutMs: 600_000 });
  const reason = new Error("enough");
  for (const call of [
    (signal: AbortSignal) => share.shareFile(container, mounts[0] as (typeof mounts)[0], { signal }),
    (signal: AbortSignal) => share.shareContainer(containerWith(scratch, "c1", mounts), { signal }),
  ]) {
    const aborting = new AbortController();
    const failing = rejection(call(aborting.signal));
    setTimeout(() => aborting.abort(reason), 50);
    const error = await failing;
    assert.ok(error === reason || (error as Error).cause === reason, String(error));
  }
  await share.cleanup();
  await server.die();
});

mountTest("a directory that cannot be listed is shared: only a volume's is listed", async (scratch) => {
  await scratch.share().prepare();
  const server = await Fuse.mount(scratch, "fuse");
  server.hangLists();
  const source = `${server.path}/directory`;
  const share = scratch.share({}, { sourceTimeoutMs: 5000 });
  await share.shareFile(container, { source, destination: "/x" });
  await share.shareContainer(containerWith(scratch, "c1", [{ source, destination: "/x" }]));
  mkdirSync(`${scratch.path}/kubernetes.io~configmap`);
  symlinkSync(source, `${scratch.path}/kubernetes.io~configmap/x`);
  const volume = { source: `${scratch.path}/kubernetes.io~configmap/x`, destination: "/y" };
  const other = scratch.share({}, { sourceTimeoutMs: 300 });
  const { code } = await stepError(other.shareContainer(containerWith(scratch, "c2", [volume])));
  assert.equal(code, "ETIMEDOUT");
  await server.die();
  await share.cleanup();
});

mountTest("whatever opens a source gives it up: facts, bind mounts of a sandbox, roots", async (scratch) => {
  const server = await hung(scratch);
  const source = `${server.path}/directory`;
  const link = `${server.path}/kubernetes.io~configmap/x`;
  const options = { sourceTimeoutMs: 300 };
  const share = scratch.share({}, options);
  const before = shapeOf(scratch.hostDir);
  const open = descriptors();
  const calls: readonly [name: string, path: string, call: () => Promise<unknown>][] = [
    [
      "a container",
      source,
      () => share.shareContainer(containerWith(scratch, "c1", [{ source, destination: "/x" }])),
    ],
    [
      "files of a volume",
      link,
      () => share.shareContainer(containerWith(scratch, "c1", [{ source: link, destination: "/x" }])),
    ],
    [
      "a share together",
      source,
      () => share.shareFile(container, { source, destination: "/x" }, { together: true }),
    ],
    ["a root", source, () => share.shareRootFilesystem({ id: "c1", rootFs: { target: source } })],
    [
      "a bind mount of the sandbox",
      source,
      () => scratch.share({ sandboxBindMounts: [source] }, options).prepare(),
    ],
  ];
  for (const [name, path, call] of calls) {
    const error = await stepError(call());
    assert.deepEqual([error.code, error.step.op], ["ETIMEDOUT", "bind"], name);
    assert.ok(error.message.includes(JSON.stringify(path)), `${name}: ${error.message}`);
    assert.deepEqual(shapeOf(scratch.hostDir), before, name);
  }
  await share.cleanup();
  await server.die();
  await haveAtMost(open);
});

mountTest("a link that leads to a source that hangs is given up, too", async (scratch) => {
  const server = await hung(scratch);
  mkdirSync(`${scratch.path}/links`);
  symlinkSync(`${server.path}/file`, `${scratch.path}/links/one`);
  symlinkSync("one", `${scratch.path}/links/two`);
  const share = scratch.share({}, { sourceTimeoutMs: 300 });
  const source = `${scratch.path}/links/two`;
  const error = await stepError(share.shareFile(container, { source, destination: "/f" }));
  assert.equal(error.code, "ETIMEDOUT");
  assert.ok(error.message.includes(JSON.stringify(source)), error.message);
  await share.cleanup();
  await server.die();
});

mountTest("a source may be waited for without an end", async (scratch) => {
  const server = await Fuse.mount(scratch, "fuse");
  await scratch.share().prepare();
  const share = scratch.share({}, { sourceTimeoutMs: Number.POSITIVE_INFINITY });
  const shared = await share.shareFile({ id: "c1" }, { source: `${server.path}/file`, destination: "/f" });
  assert.ok(shared?.hostPath);
  await share.cleanup();
  await server.die();
});

mountTest("a source that hangs is given up where only this process has the way to it", async (scratch) => {
  const server = await Fuse.mount(scratch, "fuse");
  const share = scratch.share({}, { sourceTimeoutMs: 300 });
  await share.prepare();
  // Deno has other numbers for its descriptors than the kernel.
  const { sys } = hostOf(await openLibc());
  const fd = sys.openPath(`${server.path}/directory`);
  server.hang();
  symlinkSync(`/proc/self/fd/${fd}`, `${scratch.path}/link`);
  for (const source of [`/proc/self/fd/${fd}/file`, `/dev/fd/${fd}/file`, `${scratch.path}/link/file`]) {
    const error = await stepError(share.shareFile(container, { source, destination: "/f" }));
    assert.equal(error.code, "ETIMEDOUT", source);
    assert.ok(error.message.includes(JSON.stringify(source)), error.message);
  }
  sys.close(fd);
  await share.cleanup();
  await server.die();
});
