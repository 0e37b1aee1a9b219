import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { kill, pid } from "node:process";
import { setImmediate as turn } from "node:timers/promises";
import { SynchronizeRequestSchema } from "../../ffi/nri/generated/nri_pb.ts";
import type { NodeEvent } from "../../node/mod.ts";
import { answerOf } from "../../node/serve/answers.ts";
import { childOf } from "../support/node/child-of.ts";
import { collected, monitorBy, monitorOf, runtimeIn, verdictsOf } from "../support/node/monitored.ts";
import { bytesOf, eventOf, podOf } from "../support/nri/messages.ts";
import { rounds } from "../support/sample.ts";
import { mountTest } from "../support/scratch.ts";

const MB = 1024 * 1024;
const hostile = [
  "\u001b]0;pwned\u0007\u001b[2J",
  'a"b\\c\nHELP guestshare_x\n',
  "\u202egnp.exe\u2066",
  "__proto__",
  "\ud800 alone",
  "n".repeat(10 * MB),
];

mountTest(
  "pods with hostile names are told as they are called, cut, and nothing else comes of them",
  async (scratch) => {
    const pods = hostile.map((name, at) =>
      podOf(`p${at}`, { pid, name: name.slice(0, 3 * MB), namespace: name.slice(0, 100) }),
    );
    for (const [at, pod] of pods.entries()) await scratch.share({ id: pod.id ?? `p${at}` }).prepare();
    await using runtime = await runtimeIn(scratch);
    await runtime.setState(bytesOf(SynchronizeRequestSchema, { pods }));
    await using monitor = await monitorBy(runtime, scratch);
    const { sandboxes, living } = monitor.status();
    assert.equal(living.isKnown, true);
    assert.equal(living.pods.running, hostile.length);
    for (const [at, { pod, state }] of sandboxes.entries()) {
      const name = hostile[at] ?? "";
      assert.equal(state, "living");
      // What is no text becomes U+FFFD on the wire.
      assert.equal(pod?.name, Buffer.from(name.slice(0, 255)).toString());
    }
    assert.ok(JSON.stringify(monitor.status()).length < 20_000);
    assert.equal(Object.hasOwn(Object.prototype, "name"), false);
  },
);

for (const id of ["../../etc", "a/b", "", ".", "x\ny", "s".repeat(256), "\u001b[2J"]) {
  mountTest(
    `a pod of id ${JSON.stringify(id.slice(0, 12))} makes no list that anybody could be dead by`,
    async (scratch) => {
      await scratch.share({ id: "s1" }).prepare();
      await using runtime = await runtimeIn(scratch);
      await using monitor = await monitorBy(runtime, scratch);
      assert.deepEqual(verdictsOf(monitor), ["s1 dead not-listed"]);
      await runtime.event("runPodSandbox", eventOf("runPodSandbox", podOf(id)));
      await monitor.audit();
      assert.deepEqual(verdictsOf(monitor), ["s1 unknown no-list"]);
      assert.equal(monitor.status().living.isKnown, false);
    },
  );
}

mountTest(
  "of thousands of events none is lost, and a slow listener is told how many it missed",
  async (scratch) => {
    await using runtime = await runtimeIn(scratch);
    await using monitor = await monitorBy(runtime, scratch);
    const slow = monitor.events()[Symbol.asyncIterator]();
    const quick = collected(monitor);
    const count = rounds(10_000, 2500);
    for (let at = 0; at < count / 2; at += 1) {
      const pod = podOf(`p${at}`, { pid });
      await runtime.event("runPodSandbox", eventOf("runPodSandbox", pod));
      await runtime.event("removePodSandbox", eventOf("removePodSandbox", pod));
    }
    await turn();
    assert.equal(quick.filter(({ kind }) => kind === "pod").length, count);
    assert.equal(
      quick.some(({ kind }) => kind === "gap"),
      false,
    );
    assert.equal(monitor.status().living.pods.running, 0);
    assert.ok(monitor.status().living.requests.count >= count);
    const taken: NodeEvent[] = [];
    for (let told = 0; told < count; ) {
      const { value } = await slow.next();
      taken.push(value);
      told += value.kind === "gap" ? value.missed : 1;
    }
    assert.equal(taken.length, 2001);
    assert.deepEqual([taken[2000]?.kind, monitor.status().missedEvents], ["gap", count - 2000]);
    await slow.return?.();
  },
);

mountTest("events are answered while an audit stands still", async (scratch) => {
  await using runtime = await runtimeIn(scratch);
  await using monitor = await monitorBy(runtime, scratch);
  const child = childOf(pid);
  kill(child, "SIGSTOP");
  let isDone = false;
  const audit = monitor.audit().then(() => {
    isDone = true;
  });
  for (let at = 0; at < 100; at += 1) {
    const { error } = await runtime.event(
      "runPodSandbox",
      eventOf("runPodSandbox", podOf(`p${at}`, { pid })),
    );
    assert.equal(error, undefined);
  }
  assert.deepEqual([isDone, monitor.status().living.pods.running], [false, 100]);
  kill(child, "SIGCONT");
  await audit;
});

mountTest("a child that is killed fails one audit, and the next one has another child", async (scratch) => {
  await scratch.share({ id: "s1" }).prepare();
  await using monitor = await monitorOf(scratch, { list: async () => ["s1"] });
  const events = collected(monitor);
  const child = childOf(pid);
  kill(child, "SIGSTOP");
  const failed = monitor.audit().then(
    () => undefined,
    ({ code }) => code,
  );
  kill(child, "SIGKILL");
  assert.equal(await failed, "ended");
  const { failures, lastFailure = "" } = monitor.status().audits;
  assert.equal(failures, 1);
  assert.match(lastFailure, /the child that looks has ended by SIGKILL/);
  const ready = () => answerOf("/readyz", () => monitor.status(), false);
  assert.equal(ready().status, 503);
  assert.match(ready().text, /^the last audit has failed: the child that looks has ended by SIGKILL/);
  await monitor.audit();
  assert.equal(ready().status, 200);
  assert.equal(monitor.status().audits.lastFailure, undefined);
  assert.deepEqual(verdictsOf(monitor), ["s1 living listed"]);
  assert.ok(events.some(({ kind }) => kind === "audit-failed"));
  assert.notEqual(childOf(pid), child);
});
