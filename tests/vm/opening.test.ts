import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { kill, pid } from "node:process";
import { setTimeout } from "node:timers/promises";
import { gc, StepError } from "../../ffi/mod.ts";
import { RequestError } from "../../mod.ts";
import { SharesError } from "../../vm/mod.ts";
import { readProcessStat } from "../../words/process-stat.ts";
import { Child } from "../support/child.ts";
import { hidingInit } from "../support/faults/hiding-init.ts";
import { errnos, rejectionOf } from "../support/faults/sweep.ts";
import { counting, failing, faulty } from "../support/faults/wrapped-libc.ts";
import { commandOf, libc } from "../support/runtimes.ts";
import { callsOf } from "../support/sample.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";
import { descriptors, mountTable, treeOf } from "../support/state.ts";
import { linesOf, opened } from "../support/vm/opened.ts";

/** Another process that has shares open, with one in them. */
async function keeper(scratch: Scratch): Promise<Child> {
  const source = scratch.file("kept");
  const child = new Child([...commandOf("keep-shares"), scratch.hostDir, source, "/kept", "ro"]);
  assert.equal(await child.line(), "open");
  return child;
}

const collected = async (scratch: Scratch, remove = true, way = libc) =>
  (await gc({ hostDir: scratch.hostDir, remove, libc: way })).map(
    ({ id, state, reason, isRemoved }) => `${id} ${state} ${reason}${isRemoved ? " removed" : ""}`,
  );

mountTest("what one process has open no other one opens, but may join", async (scratch) => {
  const child = await keeper(scratch);
  const error = await rejectionOf(opened(scratch));
  assert.ok(error instanceof SharesError, String(error));
  assert.deepEqual([error.code, error.id, error.process], ["in-use", "s1", child.pid]);
  const joined = await opened(scratch, { join: true });
  await joined.add({ source: scratch.file("added"), target: "/added", mode: "rw" });
  await joined.close();
  assert.deepEqual(await linesOf(joined), [
    `${scratch.path}/added -> /added rw`,
    `${scratch.path}/kept -> /kept ro`,
  ]);
  assert.deepEqual(await collected(scratch), ["s1 alive maker"]);
  assert.equal((await child.end()).code, 0);
  assert.deepEqual(readdirSync(scratch.hostDir), []);
});

mountTest("of a process that was killed and that nobody waits for its shares are dead", async (scratch) => {
  const orphaned = ["sh", "-c", 'exec 3<&0; "$@" <&3 & exec sleep 1000', "sh"] as const;
  const args = [scratch.hostDir, scratch.file("kept"), "/kept", "ro"];
  const parent = new Child([...orphaned, ...commandOf("keep-shares"), ...args]);
  assert.equal(await parent.line(), "open");
  const [found] = await gc({ hostDir: scratch.hostDir, libc });
  assert.deepEqual([found?.state, found?.reason], ["alive", "maker"]);
  kill(found?.process as number, "SIGKILL");
  // Its first thread is a zombie while the others are still to end.
  const stat = () => readFileSync(`/proc/${found?.process}/stat`, "latin1");
  while (!readProcessStat(stat()).hasEnded) await setTimeout(5);
  assert.deepEqual(await collected(scratch), ["s1 dead maker-gone removed"]);
  await parent.kill();
});

for (const [when, isLeft] of [
  ["the same at once", false],
  ["at once what a killed process left", true],
] as const)
  mountTest(`of those that open ${when}, one has them and the others are told`, async (scratch) => {
    if (isLeft) await (await keeper(scratch)).kill();
    const args = [scratch.hostDir, scratch.file("kept"), "/kept", "ro"];
    const children = Array.from({ length: 4 }, () => new Child([...commandOf("keep-shares"), ...args]));
    const lines = await Promise.all(children.map((child) => child.line()));
    const owner = children[lines.indexOf("open")];
    assert.deepEqual([...lines].sort(), [...Array(3).fill(`in-use ${owner?.pid}`), "open"]);
    assert.equal(readdirSync(scratch.view("")).length, 2); // and the share is there
    for (const child of children) await child.end();
    assert.deepEqual(readdirSync(scratch.hostDir), []);
  });

mountTest("what a killed process left is told as dead and collected, and nothing else", async (scratch) => {
  const child = await keeper(scratch);
  const other = await opened(scratch, { id: "s2" });
  await child.kill();
  assert.deepEqual(await collected(scratch, false), ["s1 dead maker-gone", "s2 alive maker"]);
  assert.deepEqual(await collected(scratch), ["s1 dead maker-gone removed", "s2 alive maker"]);
  assert.deepEqual(readdirSync(scratch.hostDir), ["s2"]);
  assert.ok(existsSync(`${scratch.path}/kept`));
  await other.close();
});

mountTest(
  "what a killed process left is collected where nobody may look at the first process",
  async (scratch) => {
    await (await keeper(scratch)).kill();
    const hiding = hidingInit("/proc/self/mountinfo");
    assert.deepEqual(await collected(scratch, true, hiding), ["s1 dead maker-gone removed"]);
  },
);

mountTest(
  "what a killed process left is not there when the same shares are opened again",
  async (scratch) => {
    await (await keeper(scratch)).kill();
    const shares = await opened(scratch);
    assert.deepEqual(await linesOf(shares), []);
    assert.deepEqual(await collected(scratch), [`s1 alive maker`]);
    assert.equal((await gc({ hostDir: scratch.hostDir, libc }))[0]?.process, pid);
    await shares.close();
  },
);

mountTest(
  "what nobody has open cannot be joined, and what is open twice in one process is refused",
  async (scratch) => {
    const missing = await rejectionOf(opened(scratch, { join: true }));
    assert.ok(missing instanceof SharesError && missing.code === "not-open", String(missing));
    assert.deepEqual(readdirSync(scratch.hostDir), []);
    const shares = await opened(scratch);
    const twice = await rejectionOf(opened(scratch));
    assert.ok(twice instanceof SharesError && twice.process === pid, String(twice));
    await shares.close();
    await shares.close();
    await (await opened(scratch)).close();
  },
);

mountTest("what is cleaned up if it is abandoned stays while its process lives", async (scratch) => {
  const child = await keeper(scratch);
  const host = scratch.share({ profile: "vm" });
  await host.cleanup({ ifAbandoned: true });
  assert.equal((await host.list()).length, 1);
  assert.deepEqual(await host.maker(), { process: child.pid, isAlive: true });
  await child.kill();
  assert.deepEqual(await host.maker(), { process: child.pid, isAlive: false });
  await host.cleanup({ ifAbandoned: true });
  assert.deepEqual(readdirSync(scratch.hostDir), []);
  assert.equal(await host.maker(), undefined);
});

mountTest("options that are none are refused before anything is done", async (scratch) => {
  for (const [wrong, Class] of [
    [{ dir: "/x" }, TypeError],
    [{ directory: 7 }, TypeError],
    [{ join: "yes" }, TypeError],
    [{ id: "../x" }, RequestError],
    [{ id: "" }, RequestError],
    [{ directory: "relative" }, RequestError],
    [{ directory: "/a/../b" }, RequestError],
  ] as const) {
    const error = await rejectionOf(opened(scratch, wrong));
    assert.ok(error instanceof Class, `${JSON.stringify(wrong)}: ${error}`);
  }
  assert.deepEqual(readdirSync(scratch.hostDir), []);
});

mountTest("each call of opening and adding that fails leaves nothing", async (scratch) => {
  const request = { source: scratch.file("file"), target: "/file", mode: "ro" } as const;
  const state = () => [mountTable(), treeOf(scratch.hostDir), descriptors()];
  const run = async (broken: typeof libc) => {
    const shares = await opened(scratch, { libc: broken });
    try {
      await shares.add(request);
    } finally {
      await shares.close();
    }
  };
  const counted = counting(libc);
  await run(counted);
  const before = state();
  let failures = 0;
  for (const at of callsOf(failing(counted.log), 10, 0)) {
    const broken = faulty(libc, { at, errno: errnos.EPERM });
    const error = await rejectionOf(run(broken));
    if (error !== undefined) failures += 1;
    // What could not be removed is removed by the next call.
    await scratch.share().cleanup();
    assert.deepEqual(state(), before, `call ${at}, ${broken.failed()}`);
    assert.ok(!(error instanceof TypeError), String(error));
    if (broken.failed() === undefined) break;
  }
  assert.ok(failures > 10, `only ${failures} failures`);
});

mountTest("opening that fails leaves nothing by itself", async (scratch) => {
  const counted = counting(libc);
  await (await opened(scratch, { libc: counted })).close();
  const names = failing(counted.log);
  const before = [mountTable(), treeOf(scratch.hostDir), descriptors()];
  for (const at of callsOf(names, 10, 0)) {
    const broken = faulty(libc, { at, errno: errnos.EMFILE });
    const shares = await opened(scratch, { libc: broken }).catch((error: unknown) => {
      assert.ok(error instanceof StepError || (error as Error).name === "SyscallError", String(error));
      return undefined;
    });
    if (broken.failed() === undefined) break;
    if (shares) await scratch.share().cleanup();
    else
      assert.deepEqual(
        [mountTable(), treeOf(scratch.hostDir), descriptors()],
        before,
        `call ${at}, ${broken.failed()}`,
      );
  }
});
