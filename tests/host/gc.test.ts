import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { pid } from "node:process";
import { EPERM } from "../../ffi/linux/errno.ts";
import { type GcOptions, gc, type Libc } from "../../ffi/mod.ts";
import { playCollecting } from "../campaign/collecting.ts";
import { diceOf } from "../campaign/dice.ts";
import { Child } from "../support/child.ts";
import { hidingInit } from "../support/faults/hiding-init.ts";
import { counting } from "../support/faults/wrapped-libc.ts";
import { mount, mountsBelow, mountTmpfs, unmount } from "../support/mounts.ts";
import { isMachineRoot, namespaceOf } from "../support/namespace.ts";
import { libc, ownRuntime } from "../support/runtimes.ts";
import { rounds } from "../support/sample.ts";
import { container } from "../support/sandbox/full.ts";
import { Worker } from "../support/sandbox/worker.ts";
import { mountTest, random, type Scratch } from "../support/scratch.ts";
import { stateOf } from "../support/state.ts";
import { kataGoSandbox, kataRsSandbox } from "../support/table/kata-sandboxes.ts";

async function collect(scratch: Scratch, options: Partial<GcOptions> = {}): Promise<string[]> {
  const results = await gc({ hostDir: scratch.hostDir, graceMs: 0, libc, ...options });
  for (const { error } of results) if (error !== undefined) throw error;
  return results.map(({ id, state, reason, isRemoved }) =>
    [id, state, reason, ...(isRemoved ? ["removed"] : [])].join(" "),
  );
}

async function prepared(scratch: Scratch, ...ids: string[]): Promise<void> {
  for (const id of ids) {
    const share = scratch.share({ id });
    await share.prepare();
    await share.shareFile(container, { source: scratch.file("data"), destination: "/data" }, { random });
  }
}

/** A mount namespace in which another process lives until `end`. */
async function otherNamespace(): Promise<{ inode: number; id: number; end: () => Promise<void> }> {
  const child = new Child(["unshare", "--mount", "sh", "-c", "echo; exec sleep 1000"]);
  await child.line();
  return { ...namespaceOf(child.pid), end: async () => void (await child.kill()) };
}

const removal = { remove: true };

mountTest("the dead are told, and stay until it is said that they go", async (scratch) => {
  await prepared(scratch, "s1", "s2");
  const before = stateOf(scratch.hostDir);
  assert.deepEqual(await collect(scratch, { living: ["s1"] }), ["s1 alive listed", "s2 dead not-listed"]);
  assert.deepEqual(stateOf(scratch.hostDir), before);
  assert.deepEqual(await collect(scratch, { living: ["s1"], ...removal }), [
    "s1 alive listed",
    "s2 dead not-listed removed",
  ]);
  assert.deepEqual(readdirSync(scratch.hostDir), ["s1"]);
  assert.equal((await scratch.share().list()).length, 1);
  assert.equal(readFileSync(`${scratch.path}/data`, "utf8"), "data");
});

mountTest("without a list of the living nobody is dead who may live", async (scratch) => {
  await prepared(scratch, "s1");
  assert.deepEqual(await collect(scratch, removal), ["s1 unknown no-list"]);
});

mountTest("a sandbox that changed not long ago is left alone", async (scratch) => {
  await prepared(scratch, "s1");
  const options = { living: [], ...removal };
  assert.deepEqual(await collect(scratch, { ...options, graceMs: 60_000 }), ["s1 unknown young"]);
  assert.deepEqual(await collect(scratch, { ...options, graceMs: undefined }), ["s1 unknown young"]);
  assert.deepEqual(await collect(scratch, options), ["s1 dead not-listed removed"]);
});

mountTest("without grace one look is enough, whatever the clock says", async (scratch) => {
  await prepared(scratch, "s1");
  const { now } = Date;
  try {
    Date.now = () => 0; // set back since
    assert.deepEqual(await collect(scratch, { living: [], graceMs: 1 }), ["s1 unknown young"]);
    assert.deepEqual(await collect(scratch, { living: [] }), ["s1 dead not-listed"]);
  } finally {
    Date.now = now;
  }
});

mountTest("a sandbox whose view somebody has open lives", async (scratch) => {
  await prepared(scratch, "s1");
  for (const [program, cwd] of [
    [["sleep", "100"], scratch.inSandbox("shared")],
    [["sh", "-c", `exec sleep 100 < ${scratch.inSandbox("shared")}`], "/"],
  ] as const) {
    const [command, ...args] = program;
    const holder = spawn(command, args, { cwd, stdio: "ignore" });
    await once(holder, "spawn");
    while (!(await collect(scratch, { living: [] })).includes("s1 alive open"));
    assert.deepEqual(await collect(scratch, { living: [], ...removal }), ["s1 alive open"]);
    holder.kill("SIGKILL");
    await once(holder, "exit");
  }
  assert.deepEqual(await collect(scratch, { living: [], ...removal }), ["s1 dead not-listed removed"]);
});

const skip = isMachineRoot ? false : "only the machine's root can prove the end of a namespace";

// The real calls, but by who may not ask the kernel for a namespace: he has numbers only.
const asOrdinary: Libc = {
  ...libc,
  call(name, a, ...rest) {
    const request = name === "listmount" ? (a as Uint8Array) : new Uint8Array();
    const { buffer, byteOffset, byteLength } = request;
    const namesOne = byteLength >= 32 && new DataView(buffer, byteOffset).getBigUint64(24, true) !== 0n;
    return namesOne ? -EPERM : libc.call(name, a, ...rest);
  },
};

for (const [who, way] of [
  ["who may ask for it", libc],
  ["who may not", asOrdinary],
] as const)
  mountTest(
    `a namespace that is gone is told from the one that has its number now, by ${who}`,
    async (scratch) => {
      const collectWith = async (inode: number, id: number) => {
        await prepared(scratch, "s1");
        const mark = JSON.parse(readFileSync(scratch.inSandbox("namespace"), "utf8"));
        await scratch.share({ id: "s1" }).cleanup();
        for (const name of ["mounts", "shared"]) mkdirSync(scratch.inSandbox(name), { recursive: true });
        // Of a user namespace that he made, in which he may look at each process.
        const other = { ...mark, inode, id, userInode: 1 };
        writeFileSync(scratch.inSandbox("namespace"), `${JSON.stringify(other)}\n`);
        return collect(scratch, { libc: way, ...removal });
      };
      const unknown = 2 ** 40; // an id that no namespace has
      const own = namespaceOf(pid).inode;
      assert.deepEqual(await collectWith(own, unknown), ["s1 dead namespace-gone removed"]);
      const { inode, id, end } = await otherNamespace();
      assert.deepEqual(await collectWith(inode, unknown), ["s1 dead namespace-gone removed"]);
      assert.deepEqual(await collectWith(inode, id), ["s1 unknown elsewhere"]);
      await end();
    },
    { skip },
  );

mountTest(
  "of a first process that nobody may look at it is unknown whether it has the view open, if it lives where the view is",
  async (scratch) => {
    await prepared(scratch, "s1");
    const before = stateOf(scratch.hostDir);
    const options = { living: [], ...removal };
    const sameMounts = { ...options, libc: hidingInit("/proc/self/mountinfo") };
    assert.deepEqual(await collect(scratch, sameMounts), ["s1 unknown not-all-seen"]);
    const noMounts = { ...options, libc: hidingInit(`${scratch.path}/missing`) };
    assert.deepEqual(await collect(scratch, noMounts), ["s1 unknown not-all-seen"]);
    assert.deepEqual(stateOf(scratch.hostDir), before);
    const otherMounts = { ...options, libc: hidingInit(scratch.file("mountinfo", "")) };
    assert.deepEqual(await collect(scratch, otherMounts), ["s1 dead not-listed removed"]);
  },
);

mountTest("what somebody else mounted in a sandbox is never unmounted", async (scratch) => {
  await prepared(scratch, "s1");
  mkdirSync(scratch.hub("odd"));
  mountTmpfs(scratch.hub("odd"));
  assert.deepEqual(await collect(scratch, { living: [], ...removal }), ["s1 unknown strangers"]);
  unmount(scratch.hub("odd"));
  assert.deepEqual(await collect(scratch, { living: [], ...removal }), ["s1 dead not-listed removed"]);
});

mountTest("nothing outside of the directory is touched", async (scratch) => {
  const elsewhere = scratch.directory("elsewhere");
  await scratch.share({ id: "s9", hostDir: elsewhere }).prepare();
  mkdirSync(`${scratch.hostDir}/documents/inner`, { recursive: true });
  writeFileSync(`${scratch.hostDir}/file`, "");
  const before = stateOf(scratch.path);
  assert.deepEqual(await collect(scratch, { living: [], ...removal }), []);
  assert.deepEqual(stateOf(scratch.path), before);
});

mountTest(
  "a sandbox of another mount namespace is left alone until that one is gone, and then needs no list",
  async (scratch) => {
    const there = await Worker.start(ownRuntime, ["unshare", "-m", "--propagation", "private", "--"]);
    const calls = [["prepare"]] as never;
    await there.obey({ sandbox: scratch.sandbox(), calls });
    assert.deepEqual(await collect(scratch, { living: [], ...removal }), ["s1 unknown elsewhere"]);
    assert.ok(existsSync(scratch.inSandbox("mounts")));
    await there.end();
    assert.deepEqual(await collect(scratch, removal), ["s1 dead namespace-gone removed"]);
    assert.deepEqual(readdirSync(scratch.hostDir), []);
  },
  { skip },
);

mountTest("of Kata's runtimes the dead are removed whole, and no file of a source", async (scratch) => {
  const source = scratch.directory("volume");
  scratch.file("volume/precious");
  const go = kataGoSandbox(scratch, "go", source);
  kataRsSandbox(scratch, "rs", source);
  kataGoSandbox(scratch, "go2", source);
  mount("--bind", source, `${go}/private/c1-8899aabbccddeeff-ro`);
  assert.deepEqual(await collect(scratch, { living: ["go2"], ...removal }), [
    "go dead not-listed removed",
    "go2 alive listed",
    "rs dead not-listed removed",
  ]);
  assert.deepEqual(readdirSync(scratch.hostDir), ["go2"]);
  assert.equal(mountsBelow(`${scratch.hostDir}/go2`).length, 7);
  assert.deepEqual(readdirSync(source), ["precious"]);
});

mountTest(
  "directories that Kata left without a mount are removed, and no file with something in it",
  async (scratch) => {
    for (const path of ["mounts/c1", "shared", "private/c1-0011223344556677-dir"])
      mkdirSync(`${scratch.hostDir}/k1/${path}`, { recursive: true });
    writeFileSync(`${scratch.hostDir}/k1/mounts/c1-0011223344556677-file`, "");
    mkdirSync(`${scratch.hostDir}/k2/mounts`, { recursive: true });
    writeFileSync(`${scratch.hostDir}/k2/mounts/c1-0011223344556677-file`, "precious");
    const results = await gc({ hostDir: scratch.hostDir, graceMs: 0, living: [], remove: true, libc });
    assert.deepEqual(
      results.map(({ id, isRemoved, error }) => [id, isRemoved, error !== undefined]),
      [
        ["k1", true, false],
        ["k2", false, true],
      ],
    );
    assert.equal(readFileSync(`${scratch.hostDir}/k2/mounts/c1-0011223344556677-file`, "utf8"), "precious");
  },
);

mountTest("the table is read once, however many are dead", async (scratch) => {
  const callsFor = async (count: number) => {
    await prepared(scratch, ...Array.from({ length: count }, (_, at) => `s${at}`));
    const counted = counting(libc);
    const done = await collect(scratch, { living: [], libc: counted, ...removal });
    assert.equal(done.filter((line) => line.endsWith("removed")).length, count);
    return counted.log.filter((call) => call.startsWith("statmount")).length;
  };
  await callsFor(1);
  const [few, many] = [await callsFor(4), await callsFor(16)];
  assert.ok(many < 5 * few, `${few} looks at mounts for 4, ${many} for 16`);
});

mountTest("of Kata's runtimes what was mounted since is not unmounted", async (scratch) => {
  const source = scratch.directory("volume");
  const go = kataGoSandbox(scratch, "go", source);
  // Asked the second time, right before the removal, it says that nobody lives; by then the shim is back.
  let asked = 0;
  const living = () => {
    asked += 1;
    if (asked === 2) {
      unmount(`${go}/mounts/c1/rootfs`);
      mount("--bind", scratch.path, `${go}/mounts/c1/rootfs`);
    }
    return [];
  };
  const results = await gc({ hostDir: scratch.hostDir, graceMs: 0, living, remove: true, libc });
  assert.deepEqual(
    results.map(({ id, isRemoved }) => [id, isRemoved]),
    [["go", false]],
  );
  assert.ok(mountsBelow(`${go}/mounts`).some(({ point }) => point === `${go}/mounts/c1/rootfs`));
});

mountTest("options that are none are refused before anything is done", async (scratch) => {
  for (const [options, message] of [
    [{ hostDir: "/" }, /hostDir has to be/],
    [{ hostDir: "relative" }, /hostDir has to be/],
    [{ hostDir: scratch.hostDir, graceMs: -1 }, /graceMs has to be/],
    [{ hostDir: scratch.hostDir, alive: [] }, /there is no option "alive"/],
  ] as const)
    await assert.rejects(gc(options as never), message);
});

// A few rounds of `npm run campaign -- --tables`, always the same ones.
mountTest(
  "nothing of a living sandbox is removed beside processes that share, die and come back",
  async (scratch) => {
    const { collected, wrong } = await playCollecting(scratch, rounds(60, 12), diceOf(5, 0));
    assert.deepEqual(wrong, []);
    assert.ok(collected > 0, "nothing was collected");
  },
);
