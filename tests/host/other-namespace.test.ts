import assert from "node:assert/strict";
import { readlinkSync } from "node:fs";
import { pid } from "node:process";
import type { Sandbox } from "../../ffi/mod.ts";
import { planError } from "../support/errors.ts";
import { mountsBelow } from "../support/mounts.ts";
import type { Call, Outcome } from "../support/programs/obey.ts";
import { ownRuntime } from "../support/runtimes.ts";
import { Worker } from "../support/sandbox/worker.ts";
import { mountTest, random, type Scratch } from "../support/scratch.ts";
import { shapeOf, stateOf } from "../support/state.ts";

const container = { id: "c1" };
const inodeOf = (process: number | "self") =>
  /\d+/.exec(readlinkSync(`/proc/${process}/ns/mnt`))?.[0] as string;

/** A living sandbox with two shares, and each operation that another namespace may try at it. */
async function living(scratch: Scratch): Promise<Call[]> {
  const share = scratch.share();
  const mount = { source: scratch.file("f"), destination: "/f" };
  const whole = { id: "c2", rootFs: { target: scratch.directory("image") }, mounts: [mount] };
  await share.prepare();
  const hostPath = scratch.hub(`c1-${random}-f`);
  await share.shareFile(container, mount, { random });
  await share.shareContainer(whole, { random: [random] });
  return [
    ["prepare"],
    ["shareFile", container, mount],
    ["unshareFile", container, { ...mount, hostPath }],
    ["shareRootFilesystem", { id: "c3", rootFs: whole.rootFs }],
    ["unshareRootFilesystem", whole],
    ["shareContainer", { ...whole, id: "c3" }, { random: [random] }],
    ["unshareContainer", whole],
    ["cleanup"],
    ["cleanup", { revoke: true }],
  ];
}

/** Each of the calls is refused there, and nothing changes here. Gives what puts a command into our namespace. */
async function refusedThere(
  scratch: Scratch,
  there: Worker,
  sandbox: Sandbox,
  calls: readonly Call[],
): Promise<string> {
  let command = "";
  const before = stateOf(scratch.path);
  for (const call of calls) {
    const [outcome] = (await there.obey({ sandbox, calls: [call] })) as [Outcome];
    const { end, message = "" } = outcome;
    assert.match(end, /StepError|PlanError/, `${call[0]}: ${message}`);
    const place = `this sandbox is in mount namespace ${inodeOf("self")} (process ${pid})`;
    assert.ok(message.includes(`EBUSY (${place}`), `${call[0]}: ${message}`);
    assert.deepEqual(stateOf(scratch.path), before, call[0]);
    command = /nsenter [^)]*/.exec(message)?.[0] ?? "";
  }
  return command;
}

for (const propagation of ["private", "slave", "shared"]) {
  const within = ["unshare", "-m", "--propagation", propagation, "--"];
  for (const when of ["before", "after"]) {
    mountTest(
      `a ${propagation} namespace that was made ${when} prepare leaves the sandbox alone`,
      async (scratch) => {
        const first = when === "before" ? await Worker.start(ownRuntime, within) : undefined;
        const calls = await living(scratch);
        const there = first ?? (await Worker.start(ownRuntime, within));
        const command = await refusedThere(scratch, there, scratch.sandbox(), calls);
        await there.end();
        // The command works from there, too.
        const back = await Worker.start(ownRuntime, [...within, ...command.split(" ")]);
        const mount = { source: scratch.file("g"), destination: "/g" };
        const order = {
          sandbox: scratch.sandbox(),
          calls: [["shareFile", container, mount, { random }]],
        } as const;
        assert.deepEqual(await back.obey(order), [{ end: "ok" }]);
        assert.equal(mountsBelow(scratch.view(`c1-${random}-g`)).length, 1);
        await back.end();
        await scratch.share().cleanup();
        assert.deepEqual(shapeOf(scratch.hostDir), [". directory 0755"]);
      },
    );
  }
}

mountTest("a container that has the directory of sandboxes bound leaves them alone", async (scratch) => {
  const bound = scratch.directory("bound");
  for (const bind of ["--bind", "--rbind"]) {
    const calls = await living(scratch);
    const script = `mount ${bind} "$0" "$1" && shift && exec "$@"`;
    const within = [
      "unshare",
      "-m",
      "--propagation",
      "private",
      "--",
      "sh",
      "-c",
      script,
      scratch.hostDir,
      bound,
    ];
    const there = await Worker.start(ownRuntime, within);
    // The paths that calls take are those of the container.
    const moved = JSON.parse(JSON.stringify(calls).replaceAll(scratch.hostDir, bound)) as Call[];
    await refusedThere(scratch, there, scratch.sandbox({ hostDir: bound }), moved);
    await there.end();
    await scratch.share().cleanup();
  }
});

mountTest("a user namespace leaves the sandbox alone that its parent has", async (scratch) => {
  const calls = await living(scratch);
  const there = await Worker.start(ownRuntime, ["unshare", "-rm", "--"]);
  await refusedThere(scratch, there, scratch.sandbox(), calls);
  // Beside the guard of the first, which is locked there, it has one of its own.
  const sandbox = scratch.sandbox({ id: "s2" });
  const mount = { source: scratch.path, destination: "/d", options: ["rbind"] };
  for (const call of [["prepare"], ["prepare"], ["shareFile", container, mount], ["cleanup"]] as Call[])
    assert.deepEqual(await there.obey({ sandbox, calls: [call] }), [{ end: "ok" }], call[0]);
  await there.end();
  await scratch.share().cleanup();
  assert.deepEqual(shapeOf(scratch.hostDir), [". directory 0755"]);
});

mountTest(
  "one user namespace leaves the sandbox of another alone, and says how its owner gets there",
  async (scratch) => {
    const first = await Worker.start(ownRuntime, ["unshare", "-rm", "--"]);
    const second = await Worker.start(ownRuntime, ["unshare", "-rm", "--"]);
    const sandbox = scratch.sandbox();
    assert.deepEqual(await first.obey({ sandbox, calls: [["prepare"]] }), [{ end: "ok" }]);
    const before = stateOf(scratch.path);
    for (const call of [["prepare"], ["cleanup"]] as Call[]) {
      const [outcome] = await second.obey({ sandbox, calls: [call] });
      const command = `nsenter -t ${first.pid} -U --preserve-credentials --mount=/proc/${first.pid}/ns/mnt`;
      assert.ok(outcome?.message?.includes(`(process ${first.pid}): ${command}`), outcome?.message);
    }
    assert.deepEqual(stateOf(scratch.path), before);
    assert.deepEqual(await first.obey({ sandbox, calls: [["cleanup"]] }), [{ end: "ok" }]);
    for (const worker of [first, second]) await worker.end();
  },
);

mountTest("the sandbox of a user namespace is left alone, and the command enters it", async (scratch) => {
  const there = await Worker.start(ownRuntime, ["unshare", "-rm", "--"]);
  const sandbox = scratch.sandbox();
  assert.deepEqual(await there.obey({ sandbox, calls: [["prepare"]] }), [{ end: "ok" }]);
  const before = stateOf(scratch.path);
  const error = await planError(scratch.share().cleanup());
  const place = `this sandbox is in mount namespace ${inodeOf(there.pid)} (process ${there.pid})`;
  assert.ok(error.message.includes(place), error.message);
  assert.match(error.message, /nsenter -t \d+ -U --preserve-credentials --mount=/);
  assert.deepEqual(stateOf(scratch.path), before);
  const command = /nsenter [^)]*/.exec(error.message)?.[0] as string;
  const inside = await Worker.start(ownRuntime, command.split(" "));
  assert.deepEqual(await inside.obey({ sandbox, calls: [["cleanup"]] }), [{ end: "ok" }]);
  await inside.end();
  await there.end();
  assert.deepEqual(shapeOf(scratch.hostDir), [". directory 0755"]);
});
