import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { GuestSandbox } from "../../ffi/agent/sandbox/guest-sandbox.ts";
import { GuestSandboxError } from "../../ffi/agent/sandbox/sandbox-error.ts";
import { TtrpcAgent } from "../../ffi/agent/ttrpc-agent.ts";
import { connectTtrpc } from "../../ffi/ttrpc/connect.ts";
import { PlayedAgent } from "../support/agent/played/played-agent.ts";
import { ScratchMachine } from "../support/agent/played/scratch-machine.ts";
import { bundleIn } from "../support/agent/sandbox-place.ts";
import { Child } from "../support/child.ts";
import { rejection } from "../support/errors.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";
import { descriptors } from "../support/state.ts";

const id = "s1";

// Locks the byte of "c1" in the mark, as another process does that starts it, until its input ends.
const holder = `import fcntl, struct, sys
mark = open(sys.argv[1], "r+b")
fcntl.fcntl(mark, 37, struct.pack("hhqqi4x", 1, 0, int(sys.argv[2]), 1, 0))
print("held", flush=True)
sys.stdin.read()`;

// FNV-1a of "c1".
const BYTE_OF_C1 = 0x8829dfd9;

async function held(scratch: Scratch): Promise<Child> {
  const child = new Child(["python3", "-c", holder, scratch.inSandbox("namespace"), String(BYTE_OF_C1)]);
  assert.equal(await child.line(), "held");
  return child;
}

mountTest("one process at a time starts a container of an id, and others start others", async (scratch) => {
  const [one, other] = [scratch.share(), scratch.share()];
  await one.prepare();
  const order: string[] = [];
  const start = (name: string, waitMs: number) => async () => {
    order.push(`${name} begins`);
    await sleep(waitMs);
    order.push(`${name} ends`);
    return name;
  };
  const begun = one.startAlone("c1", start("first", 200));
  await sleep(50);
  const rest = [other.startAlone("c1", start("second", 0)), other.startAlone("c2", start("another", 0))];
  assert.deepEqual(await Promise.all([begun, ...rest]), ["first", "second", "another"]);
  assert.equal(order.indexOf("second begins"), order.length - 2);
  assert.ok(order.indexOf("another ends") < order.indexOf("first ends"), String(order));
  await one.cleanup();
});

mountTest("a start that fails lets the next one begin, and no descriptor is left", async (scratch) => {
  const share = scratch.share();
  await share.prepare();
  await share.startAlone("c1", async () => {});
  const before = descriptors();
  const failure = new Error("no");
  const failing = share.startAlone("c1", async () => {
    throw failure;
  });
  assert.equal(await rejection(failing), failure);
  assert.equal(await share.startAlone("c1", async () => 7), 7);
  assert.deepEqual(descriptors(), before);
  await share.cleanup();
  await assert.rejects(
    share.startAlone("c1", async () => {}),
    { code: "ENOENT" },
  );
});

mountTest("a start waits for another process, and for no longer than it may", async (scratch) => {
  const share = scratch.share({}, { lockTimeoutMs: 150 });
  await share.prepare();
  const other = await held(scratch);
  const before = descriptors();
  const start = async () => "started";
  await assert.rejects(share.startAlone("c1", start), { code: "EAGAIN", call: "fcntl" });
  const abort = new AbortController();
  const waiting = scratch.share().startAlone("c1", start, { signal: abort.signal });
  setTimeout(() => abort.abort(), 50);
  await assert.rejects(waiting, { name: "AbortError" });
  assert.deepEqual(descriptors(), before);
  assert.equal(await share.startAlone("c2", start), "started");
  const patient = scratch.share().startAlone("c1", start);
  await other.kill();
  assert.equal(await patient, "started");
  await share.cleanup();
});

mountTest(
  "of two that start one container at once, one wins and the other takes nothing",
  async (scratch) => {
    const machine = new ScratchMachine(scratch.directory("guest"), scratch.inSandbox("shared"));
    await using played = await PlayedAgent.start(join(scratch.path, "agent.sock"), machine);
    const connect = async () => new TtrpcAgent(await connectTtrpc(played.address, { callTimeoutMs: 10_000 }));
    await using agent = await connect();
    await using its = await connect();
    const share = scratch.share();
    await using sandbox = await GuestSandbox.create(agent, share, { id });
    const other = await GuestSandbox.attach(its, scratch.share(), { id });
    const { container, config } = bundleIn(scratch.path, "c1", "read line; exit 4");
    const starts = await Promise.allSettled([sandbox, other].map((each) => each.start(container, config)));
    const winner = starts.find((each) => each.status === "fulfilled")?.value;
    const lost = starts.find((each) => each.status === "rejected")?.reason;
    assert.ok(winner, String(lost));
    assert.ok(lost instanceof GuestSandboxError, String(lost));
    assert.equal(lost.trouble, "container-exists");
    assert.equal((await share.list()).length, 1, "what the winner shares is there");
    await winner.stdin.getWriter().close();
    assert.equal(await winner.exited, 4);
  },
);
