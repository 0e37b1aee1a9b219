import assert from "node:assert/strict";
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { pid } from "node:process";
import { type Libc, NamespaceError, StepError } from "../../ffi/mod.ts";
import { planError, rejection } from "../support/errors.ts";
import { rejectionOf } from "../support/faults/sweep.ts";
import {
  counting,
  faulty,
  lacking,
  withoutLinksOf,
  withoutUniqueIds,
} from "../support/faults/wrapped-libc.ts";
import { mount, mountsBelow, unmount } from "../support/mounts.ts";
import { isMachineRoot, namespaceOf } from "../support/namespace.ts";
import { refused } from "../support/refused.ts";
import { libc, ownRuntime } from "../support/runtimes.ts";
import { Worker } from "../support/sandbox/worker.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";
import { shapeOf, stateOf } from "../support/state.ts";

const container = { id: "c1" };
const within = ["unshare", "-m", "--propagation", "private", "--"];
const skip = isMachineRoot ? false : "only the machine's root can prove that a namespace is gone";

const kernels: readonly [name: string, libc: Libc][] = [
  ["this kernel", libc],
  [
    "a kernel before 6.8",
    withoutLinksOf(withoutUniqueIds(lacking(libc, { statmount: 38, listmount: 38 })), 1),
  ],
];

const markOf = (scratch: Scratch) => JSON.parse(readFileSync(scratch.inSandbox("namespace"), "utf8"));

/** A sandbox that a process prepared in another namespace, which is still there. */
async function preparedElsewhere(scratch: Scratch): Promise<Worker> {
  const worker = await Worker.start(ownRuntime, within);
  assert.deepEqual(await worker.obey({ sandbox: scratch.sandbox(), calls: [["prepare"]] }), [{ end: "ok" }]);
  return worker;
}

/** A sandbox whose namespace is gone. */
async function preparedByWhoIsGone(scratch: Scratch): Promise<void> {
  await (await preparedElsewhere(scratch)).kill();
  // The kernel gives the number of its inode to the next one: any other program's, at this moment.
  const mark = { ...markOf(scratch), inode: 0xffff_ffff };
  writeFileSync(scratch.inSandbox("namespace"), `${JSON.stringify(mark)}\n`);
}

/** Binds the namespace of a sandbox, in which no process is any more, on a file. */
async function bindNamespace(scratch: Scratch, file: string): Promise<void> {
  for (let tries = 0; tries < 50; tries++) {
    const worker = await preparedElsewhere(scratch);
    try {
      mount("--bind", `/proc/${worker.pid}/ns/mnt`, file);
      await worker.kill();
      return;
    } catch {
      // The kernel binds younger namespaces only, and counts their age for each processor.
      await worker.obey({ sandbox: scratch.sandbox(), calls: [["cleanup"]] });
      await worker.end();
    }
  }
  throw new Error("Cannot bind a namespace on a file");
}

mountTest("the mark says in which namespace the sandbox is, for its owner alone", async (scratch) => {
  const share = scratch.share();
  await share.prepare();
  const { boot, inode, userInode, process } = markOf(scratch);
  assert.equal(boot, readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim());
  assert.equal(`mnt:[${inode}]`, readlinkSync("/proc/self/ns/mnt"));
  assert.equal(`user:[${userInode}]`, readlinkSync("/proc/self/ns/user"));
  assert.equal(process, pid);
  assert.equal(statSync(scratch.inSandbox("namespace")).mode & 0o7777, 0o600);
  await share.cleanup();
});

for (const [kernel, ownLibc] of kernels) {
  mountTest(
    `on ${kernel} prepare takes over the sandbox of a namespace that is gone`,
    async (scratch) => {
      await preparedByWhoIsGone(scratch);
      const share = scratch.share({}, { libc: ownLibc });
      const one = { source: scratch.file("f"), destination: "/f" };
      assert.match(
        (await refused(scratch, () => share.shareFile(container, one))).message,
        /call prepare first/,
      );
      await share.prepare();
      assert.equal(markOf(scratch).process, pid);
      await share.shareFile(container, one);
      assert.equal(mountsBelow(scratch.inSandbox()).length, 5);
      await share.cleanup();
      assert.deepEqual(shapeOf(scratch.hostDir), [". directory 0755"]);
    },
    { skip },
  );

  mountTest(
    `on ${kernel} cleanup removes what a namespace left that is gone`,
    async (scratch) => {
      await preparedByWhoIsGone(scratch);
      await scratch.share({}, { libc: ownLibc }).cleanup();
      assert.deepEqual(shapeOf(scratch.hostDir), [". directory 0755"]);
    },
    { skip },
  );

  mountTest(`on ${kernel} a namespace that only a descriptor holds is not gone`, async (scratch) => {
    const worker = await preparedElsewhere(scratch);
    const fd = openSync(`/proc/${worker.pid}/ns/mnt`, "r");
    await worker.kill();
    const before = stateOf(scratch.path);
    const error = await planError(scratch.share({}, { libc: ownLibc }).cleanup());
    assert.match(error.message, new RegExp(`\\(process ${pid}\\).*nsenter --mount=/proc/${pid}/fd/\\d+`));
    assert.deepEqual(stateOf(scratch.path), before);
    closeSync(fd);
    await scratch.share({}, { libc: ownLibc }).cleanup({ force: !isMachineRoot });
    assert.deepEqual(shapeOf(scratch.hostDir), [". directory 0755"]);
  });

  mountTest(
    `on ${kernel} a namespace that is bound on a file is not gone`,
    async (scratch) => {
      const file = scratch.file("bound");
      mount("--make-private", scratch.path);
      await bindNamespace(scratch, file);
      const before = stateOf(scratch.path);
      const error = await planError(scratch.share({}, { libc: ownLibc }).cleanup());
      const command = /nsenter --mount=\S+bound/.exec(error.message)?.[0] as string;
      assert.deepEqual(stateOf(scratch.path), before);
      const inside = await Worker.start(ownRuntime, command.split(" "));
      const order = { sandbox: scratch.sandbox(), calls: [["cleanup"]] } as const;
      assert.deepEqual(await inside.obey(order), [{ end: "ok" }]);
      await inside.end();
      unmount(file);
    },
    { skip },
  );
}

mountTest(
  "what a user namespace cannot know is gone is refused, and cleanup by force clears it",
  async (scratch) => {
    await preparedByWhoIsGone(scratch);
    const there = await Worker.start(ownRuntime, ["unshare", "-rm", "--"]);
    const sandbox = scratch.sandbox();
    for (const call of [["prepare"], ["cleanup"]] as const) {
      const [outcome] = await there.obey({ sandbox, calls: [call] });
      assert.match(
        outcome?.message ?? "",
        /of which no process can be seen from here.*cleanup\({ force: true }\)/,
      );
    }
    assert.deepEqual(await there.obey({ sandbox, calls: [["cleanup", { force: true }]] }), [{ end: "ok" }]);
    await there.end();
    assert.deepEqual(shapeOf(scratch.hostDir), [". directory 0755"]);
  },
);

mountTest(
  "where the kernel knows that a namespace lives, though its processes are hidden, nobody is told to use force",
  async (scratch) => {
    const worker = await preparedElsewhere(scratch);
    const apart = [...["unshare", "-m", "-p", "-f", "--mount-proc"], "--"];
    const there = await Worker.start(ownRuntime, apart);
    const [outcome] = await there.obey({ sandbox: scratch.sandbox(), calls: [["cleanup"]] });
    assert.match(
      outcome?.message ?? "",
      /of which no process can be seen from here; call it in that namespace\)$/,
    );
    await there.end();
    assert.deepEqual(await worker.obey({ sandbox: scratch.sandbox(), calls: [["cleanup"]] }), [
      { end: "ok" },
    ]);
    await worker.end();
  },
  { skip },
);

mountTest("the error is data, and each call that waits gets it", async (scratch) => {
  const worker = await preparedElsewhere(scratch);
  const share = scratch.share();
  const one = { source: scratch.file("f"), destination: "/f" };
  const calls = [share.prepare(), share.shareFile(container, one), share.prepare()];
  for (const error of await Promise.all(calls.map(rejection))) {
    assert.ok(error instanceof StepError, String(error));
    assert.deepEqual([error.code, error.undo], ["EBUSY", []]);
    assert.ok(error.cause instanceof NamespaceError);
    const { namespace, process, command } = error.cause;
    assert.equal(`mnt:[${namespace}]`, readlinkSync(`/proc/${worker.pid}/ns/mnt`));
    assert.deepEqual([process, command], [worker.pid, `nsenter --mount=/proc/${worker.pid}/ns/mnt`]);
  }
  await share.cleanup({ force: true });
  assert.deepEqual(shapeOf(scratch.hostDir), [". directory 0755"]);
  await worker.end();
});

mountTest("after another boot a mark says nothing, whatever numbers it has", async (scratch) => {
  const share = scratch.share();
  await share.prepare();
  const mark = markOf(scratch);
  await share.cleanup();
  for (const change of [{}, { id: 1, inode: 1 }, { inode: mark.inode + 1, id: undefined }]) {
    mkdirSync(scratch.inSandbox());
    writeFileSync(scratch.inSandbox("namespace"), JSON.stringify({ ...mark, boot: "another", ...change }));
    await share.prepare();
    assert.deepEqual(markOf(scratch), mark);
    await share.cleanup();
  }
  assert.deepEqual(shapeOf(scratch.hostDir), [". directory 0755"]);
});

const forged: readonly [what: string, content: string][] = [
  ["empty, as a writer that was killed leaves it,", ""],
  ["no JSON", "{"],
  ["null", "null"],
  ["a number", "1"],
  ["without numbers", "{}"],
  ["with words for numbers", `{"boot":"","inode":"1","userInode":"1","process":"x","started":"1"}`],
  ["longer than any mark", " ".repeat(5000)],
];
for (const [what, content] of forged) {
  mountTest(`a mark that is ${what} counts as none, and is written anew`, async (scratch) => {
    const share = scratch.share();
    await share.prepare();
    const good = readFileSync(scratch.inSandbox("namespace"), "utf8");
    writeFileSync(scratch.inSandbox("namespace"), content);
    const other = scratch.share();
    await other.shareFile(container, { source: scratch.file("f"), destination: "/f" });
    await other.prepare();
    assert.equal(readFileSync(scratch.inSandbox("namespace"), "utf8"), good);
    writeFileSync(scratch.inSandbox("namespace"), content);
    await other.cleanup();
    assert.deepEqual(shapeOf(scratch.hostDir), [". directory 0755"]);
  });
}

const inTheWay: readonly [what: string, make: (path: string, scratch: Scratch) => void][] = [
  ["a link", (path, scratch) => symlinkSync(scratch.file("victim"), path)],
  ["a directory", (path) => mkdirSync(path)],
];
for (const [what, make] of inTheWay) {
  mountTest(`${what} in the mark's place makes prepare refuse, and stays`, async (scratch) => {
    mkdirSync(scratch.inSandbox());
    make(scratch.inSandbox("namespace"), scratch);
    const error = await refused(scratch, () => scratch.share().prepare());
    assert.match(error.message, /Cannot write .*EEXIST \(something that is no mark has this name\)/);
    const before = stateOf(scratch.path);
    const left = await planError(scratch.share().cleanup());
    assert.match(left.message, /it is no mark of ours; remove it yourself/);
    assert.deepEqual(stateOf(scratch.path), before);
    rmSync(scratch.inSandbox("namespace"), { recursive: true });
    await scratch.share().cleanup();
  });
}

// The worst that a forged mark can do: the sandbox is here, and nobody gets at it but by force.
mountTest("a forged mark refuses, and cleanup by force takes the sandbox back", async (scratch) => {
  const worker = await Worker.start(ownRuntime, within);
  const share = scratch.share();
  await share.prepare();
  const mark = markOf(scratch);
  const living = namespaceOf(worker.pid);
  writeFileSync(scratch.inSandbox("namespace"), JSON.stringify({ ...mark, ...living }));
  const before = stateOf(scratch.path);
  for (const way of [libc, lacking(libc, { listmount: 38 })]) {
    const { message } = await planError(scratch.share({}, { libc: way }).cleanup());
    assert.match(message, new RegExp(`\\(process ${worker.pid}\\)`));
  }
  assert.deepEqual(stateOf(scratch.path), before);
  await share.cleanup({ force: true });
  assert.deepEqual(shapeOf(scratch.hostDir), [". directory 0755"]);
  await worker.end();
});

mountTest("a guard that could not be unmounted keeps its mark", async (scratch) => {
  await scratch.share().prepare();
  const broken = lacking(libc, { umount2: 5 });
  await planError(scratch.share({}, { libc: broken }).cleanup());
  assert.equal(markOf(scratch).process, pid);
  await scratch.share().cleanup();
  assert.deepEqual(shapeOf(scratch.hostDir), [". directory 0755"]);
});

mountTest("a mark that was read once is not read again", async (scratch) => {
  await scratch.share().prepare();
  const counted = counting(libc);
  const share = scratch.share({}, { libc: counted });
  const callsOf = async () => {
    const from = counted.log.length;
    await share.unshareFile(container, { destination: "/x", hostPath: scratch.hub("c1-x") });
    return counted.log.slice(from);
  };
  assert.ok((await callsOf()).includes("read"));
  assert.equal((await callsOf()).includes("read"), false);
  await share.cleanup();
});

mountTest("a prepare that cannot read which boot this is leaves the mark as it is", async (scratch) => {
  await scratch.share().prepare();
  const { ino } = statSync(scratch.inSandbox("namespace"));
  const counted = counting(libc);
  await scratch.share({}, { libc: counted }).prepare();
  for (const [at, name] of counted.log.entries()) {
    if (name !== "read" && name !== "openat") continue;
    const broken = faulty(libc, { at: at + 1, errno: 13 });
    await rejectionOf(scratch.share({}, { libc: broken }).prepare());
    assert.equal(statSync(scratch.inSandbox("namespace")).ino, ino, `call ${at + 1}, ${name}`);
  }
  await scratch.share().cleanup();
});

mountTest("each call that fails while a namespace is looked for changes nothing", async (scratch) => {
  const worker = await preparedElsewhere(scratch);
  const before = stateOf(scratch.path);
  for (let at = 1; at < 40; at++) {
    const broken = faulty(libc, { at, errno: 5 });
    await rejection(scratch.share({}, { libc: broken }).cleanup());
    assert.deepEqual(stateOf(scratch.path), before, `call ${at}, ${broken.failed()}`);
  }
  assert.deepEqual(await worker.obey({ sandbox: scratch.sandbox(), calls: [["cleanup"]] }), [{ end: "ok" }]);
  await worker.end();
  assert.deepEqual(shapeOf(scratch.hostDir), [". directory 0755"]);
});
