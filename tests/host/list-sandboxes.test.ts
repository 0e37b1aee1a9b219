import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { paced } from "../../ffi/linux/paced.ts";
import { Syscalls } from "../../ffi/linux/syscalls.ts";
import { readTable, readTableAtOnce } from "../../ffi/live/read-table.ts";
import { type Libc, listSandboxes } from "../../ffi/mod.ts";
import { tableLines } from "../../table/mod.ts";
import { counting, lacking } from "../support/faults/wrapped-libc.ts";
import { mount, mountTmpfs } from "../support/mounts.ts";
import { libc, ownRuntime } from "../support/runtimes.ts";
import { fill, fullSandbox } from "../support/sandbox/full.ts";
import { containerWith, digitsFor } from "../support/sandbox/together.ts";
import { Worker } from "../support/sandbox/worker.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";
import { kataGoSandbox, kataRsSandbox } from "../support/table/kata-sandboxes.ts";
import { kernelTable } from "../support/table/kernel-table.ts";

const [EACCES, ENOSYS] = [13, 38];

/** The real calls, but what begins with a path is for another user's eyes, or of a process that has ended. */
function unreachable(begin: string): Libc {
  const isBelow = (path: unknown) =>
    path instanceof Uint8Array && new TextDecoder().decode(path).startsWith(begin);
  return { ...libc, call: (name, ...args) => (isBelow(args[1]) ? -EACCES : libc.call(name, ...args)) };
}

async function listed(scratch: Scratch, id?: string) {
  const found = await listSandboxes({ hostDir: scratch.hostDir, libc });
  return id === undefined ? found : found.filter((sandbox) => sandbox.id === id);
}

mountTest("a full sandbox is listed with each of its shares", async (scratch) => {
  await fill(scratch, fullSandbox(scratch));
  const [found, ...others] = await listed(scratch);
  assert.deepEqual(others, []);
  assert.equal(found?.layout, "guestshare");
  assert.deepEqual(
    found?.shares.map(({ kind, source, attributes, below, isInView }) =>
      [kind, source.hostPath?.slice(scratch.path.length), attributes.join(), below.length, isInView].join(
        " ",
      ),
    ),
    [
      "sandbox-mount /bound/hosts ro 0 true",
      "sandbox-mount /bound/certs ro 0 true",
      "own /file ro 0 true",
      "own /tree ro 1 true",
      "root /image ro 0 true",
    ],
  );
});

mountTest("who uses a share is told, and nobody who is no longer there", async (scratch) => {
  const share = scratch.share();
  await share.prepare();
  const mounts = [{ source: scratch.file("data"), destination: "/data", options: ["ro"] }];
  for (const id of ["c1", "c2"]) {
    const container = containerWith(scratch, id, mounts);
    await share.shareContainer(container, { random: digitsFor(container) });
  }
  const users = async () => (await listed(scratch))[0]?.shares.find(({ kind }) => kind === "together")?.users;
  assert.deepEqual((await users())?.toSorted(), ["c1", "c2"]);
  await share.unshareContainer({ id: "c1" });
  assert.deepEqual(await users(), ["c2"]);
});

mountTest("sandboxes of Kata's runtimes are listed as they lay them out", async (scratch) => {
  const source = scratch.directory("volume");
  kataGoSandbox(scratch, "go", source);
  kataRsSandbox(scratch, "rs", source);
  const found = await listed(scratch);
  assert.deepEqual(
    found.map(({ id, layout, shares, others }) => [
      id,
      layout,
      shares.map(({ kind }) => kind).sort(),
      others.length,
    ]),
    [
      ["go", "kata-go", ["own", "own", "root"], 0],
      ["rs", "kata-rs", ["root", "together"], 0],
    ],
  );
  assert.ok(found.every(({ shares }) => shares.every((share) => share.source.hostPath === source)));
});

mountTest(
  "nothing is listed where nothing is, of one directory alone, and without hostDir from all of them",
  async (scratch) => {
    assert.deepEqual(await listed(scratch), []);
    assert.deepEqual(await listSandboxes({ hostDir: "/does/not/exist", libc }), []);
    await scratch.share({ id: "here" }).prepare();
    await scratch.share({ id: "there", hostDir: scratch.directory("elsewhere") }).prepare();
    assert.deepEqual(
      (await listed(scratch)).map(({ id }) => id),
      ["here"],
    );
    const all = (await listSandboxes({ libc })).filter(({ directory }) => directory.startsWith(scratch.path));
    assert.deepEqual(
      all.map(({ id }) => id),
      ["there", "here"],
    );
  },
);

mountTest("a hostDir by a link is the directory that it leads to", async (scratch) => {
  await scratch.share().prepare();
  mount("--bind", scratch.hostDir, scratch.directory("other"));
  const found = await listSandboxes({ hostDir: `/proc/self/root${scratch.hostDir}`, libc });
  assert.equal(found.length, 1);
});

mountTest(
  "the table is the same by statmount and by mountinfo, with any propagation and odd names",
  async (scratch) => {
    const odd = scratch.directory("a b\tc\\d#e\u00e9");
    mountTmpfs(odd, "ro,nosuid,noatime");
    mount("--make-shared", odd);
    mount("--bind", odd, scratch.directory("slave"));
    mount("--make-slave", `${scratch.path}/slave`);
    await fill(scratch, fullSandbox(scratch));
    const sys = new Syscalls(libc);
    const old = new Syscalls(lacking(libc, { listmount: ENOSYS, statmount: ENOSYS }));
    const expected = tableLines(kernelTable());
    assert.deepEqual(tableLines(await paced(readTable(sys))), expected);
    assert.deepEqual(tableLines(await paced(readTable(old))), expected);
    assert.deepEqual(tableLines(await paced(readTableAtOnce(sys))), expected);
  },
);

mountTest(
  "looking changes nothing, and takes two calls for each mount at most and a few for each sandbox",
  async (scratch) => {
    await fill(scratch, fullSandbox(scratch));
    const before = readdirSync(scratch.hostDir);
    const counted = counting(libc);
    const [found] = await listSandboxes({ hostDir: scratch.hostDir, libc: counted });
    assert.equal(found?.shares.length, 5);
    assert.ok(counted.log.length < 2 * kernelTable().length + 20, `${counted.log.length} calls`);
    assert.deepEqual(readdirSync(scratch.hostDir), before);
  },
);

mountTest(
  "sandboxes of other mount namespaces are listed where everywhere is asked for, each once",
  async (scratch) => {
    const all = { hostDir: scratch.hostDir, libc, everywhere: true };
    const everywhere = () => listSandboxes(all);
    await scratch.share({ id: "here" }).prepare();
    const there = await Worker.start(ownRuntime, ["unshare", "-m", "--propagation", "private", "--"]);
    const mounts = [{ source: scratch.file("data"), destination: "/data" }];
    const root = { rootFs: { target: scratch.directory("image") } };
    const calls = [["prepare"], ["shareContainer", { id: "c1", ...root, mounts }]] as never;
    await there.obey({ sandbox: scratch.sandbox({ id: "there" }), calls });
    assert.deepEqual(
      (await listed(scratch)).map(({ id }) => id),
      ["here"],
    );
    const [here, other, ...more] = await everywhere();
    assert.deepEqual([here?.id, here?.namespace, other?.id, more], ["here", undefined, "there", []]);
    assert.equal(other?.namespace?.process, there.pid);
    const share = other?.shares.find(({ kind }) => kind === "together");
    const [, unseen] = await listSandboxes({ ...all, libc: unreachable(`/proc/${there.pid}/root`) });
    assert.deepEqual(
      unseen?.shares.map(({ users }) => users),
      other?.shares.map(() => undefined),
    );
    assert.deepEqual([share?.users, share?.source.hostPath], [["c1"], `${scratch.path}/data`]);
    await there.end();
    assert.deepEqual(
      (await everywhere()).map(({ id }) => id),
      ["here"],
    );
  },
);

mountTest("a sandbox of another user's is listed without its users", async (scratch) => {
  const share = scratch.share();
  await share.prepare();
  const mount = { source: scratch.file("file"), destination: "/file" };
  await share.shareFile({ id: "c1" }, mount, { together: true });
  const [seen] = await listed(scratch);
  const [found] = await listSandboxes({ hostDir: scratch.hostDir, libc: unreachable(scratch.inSandbox()) });
  assert.deepEqual(seen?.shares[0]?.users, ["c1"]);
  assert.deepEqual(
    found?.shares,
    seen?.shares.map(({ users, ...share }) => share),
  );
});

mountTest("an option that is none is refused", async () => {
  await assert.rejects(listSandboxes({ hostdir: "/x" } as never), /there is no option "hostdir"/);
});
