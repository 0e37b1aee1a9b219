import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { AgentError } from "../../ffi/agent/agent-error.ts";
import { GuestSandbox } from "../../ffi/agent/sandbox/guest-sandbox.ts";
import { isUnknownContainer, type RuntimeAgent } from "../../ffi/agent/sandbox/runtime-agent.ts";
import type { TtrpcAgent } from "../../ffi/agent/ttrpc-agent.ts";
import { type SandboxPlace, sandboxTest } from "../support/agent/sandbox-place.ts";

const id = "s1";
type Call = keyof RuntimeAgent;

/** The agent, which notes its calls among what the share did; `before` is awaited first, and may throw. */
function noted(
  { agent, share }: SandboxPlace,
  before: (call: Call) => Promise<void> | void = () => {},
): TtrpcAgent {
  return new Proxy(agent, {
    get(target, name: Call) {
      return async (...args: never[]) => {
        share.done.push(name);
        await before(name);
        return (target[name] as (...args: never[]) => Promise<unknown>).apply(target, args);
      };
    },
  });
}

const refusal = (request: Call, reason: string) =>
  new AgentError({ request, trouble: "status", status: 13, code: "INTERNAL", reason, sent: "all" });

sandboxTest("a start that fails has the guest forget what was shared, as a removal has", async (place) => {
  const { share, bundle } = place;
  const sandbox = await GuestSandbox.create(noted(place), share, { id });
  const { container } = bundle("c1", "");
  const config = { process: { args: ["/none"], cwd: "/" } };
  await assert.rejects(sandbox.start(container, config), /none was not found/);
  const forgets = ["unshare c1", "removeStaleVirtiofsShareMounts"];
  assert.deepEqual(share.done.slice(-3), ["removeContainer", ...forgets]);
  await sandbox.start(container, bundle("c1", "true").config);
  await sandbox.remove(container);
  assert.deepEqual(share.done.slice(-2), forgets);
  await sandbox.destroy();
});

sandboxTest("an id that was in use a moment ago is used once the guest looks for it again", async (place) => {
  const { share, bundle } = place;
  const sandbox = await GuestSandbox.create(place.agent, share, { id });
  const { container, config } = bundle("c1", "true");
  await assert.rejects(
    sandbox.start(container, { process: { args: ["/none"], cwd: "/" } }),
    /none was not found/,
  );
  for (const _ of ["after a failure", "after a removal"]) {
    const start = performance.now();
    const other = bundle("c2", "true");
    await sandbox.start(other.container, other.config);
    await sandbox.remove(other.container);
    let sharedMs = 0;
    share.before = (change) => {
      if (change === "share c1") sharedMs = performance.now() - start;
    };
    await sandbox.start(container, config);
    assert.ok(sharedMs > 900, `shared after ${sharedMs} ms`);
    share.before = () => {};
    await sandbox.remove(container);
  }
  await sandbox.destroy();
});

sandboxTest("a container that another process started is let be", async (place) => {
  const { agent, share, bundle } = place;
  const one = await GuestSandbox.create(agent, share, { id });
  const { container, config } = bundle("c1", "read line; exit 4");
  const other = await GuestSandbox.attach(agent, share, { id });
  const process = await other.start(container, config);
  await assert.rejects(one.start(container, config), { trouble: "container-exists" });
  assert.deepEqual(readdirSync(share.viewPath), ["c1"]);
  await process.stdin.getWriter().close();
  assert.equal(await process.exited, 4);
  await one.destroy();
});

sandboxTest("who starts the same container a moment later removes nothing", async (place) => {
  const { share, bundle } = place;
  const agent = noted(place, (call) => {
    if (call === "createContainer") throw refusal(call, "exec fifo exists");
  });
  const sandbox = await GuestSandbox.create(agent, share, { id });
  const { container, config } = bundle("c1", "true");
  await assert.rejects(sandbox.start(container, config), /exec fifo exists/);
  assert.deepEqual(share.done.slice(-2), ["share c1", "createContainer"]);
  assert.deepEqual(readdirSync(share.viewPath), ["c1"]);
  await sandbox.destroy();
});

for (const [request, isLeft] of [
  ["createContainer", true],
  ["startContainer", false],
] as const)
  sandboxTest(
    `of what was shared before a start that fails at ${request}, ${isLeft ? "all" : "nothing"} stays`,
    async (place) => {
      const { share, bundle } = place;
      const agent = noted(place, (call) => {
        if (call === request) throw refusal(call, "no");
      });
      const sandbox = await GuestSandbox.create(agent, share, { id });
      const { container, config } = bundle("c1", "true");
      await share.shareContainer(container);
      await assert.rejects(sandbox.start(container, config), /no/);
      assert.deepEqual(readdirSync(share.viewPath), isLeft ? ["c1"] : []);
      assert.equal(share.done.includes("removeContainer"), !isLeft, "only what it made is removed");
      await sandbox.destroy();
    },
  );

sandboxTest("what a caller changes while a container starts changes nothing", async (place) => {
  const { agent, share, bundle } = place;
  const sandbox = await GuestSandbox.create(agent, share, { id });
  const { container, config } = bundle("c1", "echo mine; exit 3");
  const [own, its] = [{ ...container }, structuredClone(config) as { process?: unknown }];
  const starting = sandbox.start(own, its);
  share.before = () => {
    delete its.process;
    own.id = "c2";
  };
  assert.equal(await (await starting).exited, 3);
  share.before = () => {};
  await assert.rejects(sandbox.start({ ...container, id: "c3" }, {}), /process.*missing-field/);
  assert.equal(share.done.includes("share c3"), false, "it is read before anything is shared");
  await sandbox.remove(container);
  await sandbox.destroy();
});

sandboxTest("a removal waits for the start of its container, and a start for the removal", async (place) => {
  const { share, bundle } = place;
  const slow = noted(place, async (call) => {
    if (call === "createContainer" || call === "removeContainer")
      await new Promise((resolve) => setTimeout(resolve, 150));
  });
  await (await GuestSandbox.create(place.agent, share, { id })).detach();
  const sandbox = await GuestSandbox.attach(slow, share, { id });
  const { container, config } = bundle("c1", "sleep 600");
  const calls = [
    sandbox.start(container, config),
    sandbox.remove(container),
    sandbox.start(container, config),
  ];
  await Promise.all(calls);
  const changes = share.done.filter((one) => / c1|^(create|remove)Container/.test(one));
  const round = ["share c1", "createContainer"];
  assert.deepEqual(changes, [...round, "removeContainer", "unshare c1", ...round]);
  const removing = sandbox.remove(container);
  await sandbox.destroy();
  await removing;
  assert.equal(share.done.filter((one) => one === "removeContainer").length, 2, "it is removed once");
});

sandboxTest("a removal that is aborted leaves the container shared, and can be done again", async (place) => {
  const { share, bundle } = place;
  let abort = new AbortController();
  let at: Call | undefined;
  const agent = noted(place, (call) => {
    if (call === at) abort.abort();
  });
  const sandbox = await GuestSandbox.create(agent, share, { id });
  const { container, config } = bundle("c1", "sleep 600");
  await sandbox.start(container, config);
  for (const call of ["signalProcess", "removeContainer"] as const) {
    [at, abort] = [call, new AbortController()];
    await assert.rejects(sandbox.remove(container, { signal: abort.signal }), { trouble: "aborted" });
    assert.deepEqual(readdirSync(share.viewPath), ["c1"], call);
  }
  at = undefined;
  await sandbox.remove(container);
  assert.deepEqual(readdirSync(share.viewPath), []);
  await sandbox.destroy();
});

sandboxTest(
  "a signal ends the wait for a reader, and for what is done to the container before",
  async (place) => {
    const { agent, share, bundle } = place;
    let goOn = () => {};
    const slow = noted(place, (call) =>
      call === "createContainer" ? new Promise<void>((resolve) => (goOn = resolve)) : undefined,
    );
    await (await GuestSandbox.create(agent, share, { id })).detach();
    const sandbox = await GuestSandbox.attach(slow, share, { id });
    // More than is read ahead, and nobody reads it on.
    const { container, config } = bundle("c1", "head -c 9000000 /dev/zero; sleep 600");
    const starting = sandbox.start(container, config);
    const soon = () => ({ signal: AbortSignal.timeout(100) });
    await assert.rejects(sandbox.remove(container, soon()), { name: "TimeoutError" });
    assert.equal(share.done.includes("removeContainer"), false);
    goOn();
    const { stdout } = await starting;
    const reader = stdout.getReader();
    await reader.read();
    // Until as much is read ahead as may be: a container that is killed before has less to read.
    for (let calls = 0; calls !== share.done.length; await sleep(200)) calls = share.done.length;
    await assert.rejects(sandbox.remove(container, soon()), { name: "TimeoutError" });
    assert.deepEqual(readdirSync(share.viewPath), ["c1"]);
    await reader.cancel();
    await sandbox.remove(container);
    assert.deepEqual(readdirSync(share.viewPath), []);
    await sandbox.destroy();
  },
);

sandboxTest("a container that is gone is removed, though its agent forgets no mounts", async (place) => {
  const { share, bundle } = place;
  const agent = noted(place, (call) => {
    if (call === "removeStaleVirtiofsShareMounts") throw refusal(call, "blocked by policy");
  });
  await using sandbox = await GuestSandbox.create(agent, share, { id });
  const { container, config } = bundle("c1", "sleep 600");
  await sandbox.start(container, config);
  await sandbox.remove(container);
  assert.deepEqual(readdirSync(share.viewPath), []);
});

sandboxTest("a cleanup that failed is tried again, and the agent that ended is not asked", async (place) => {
  const { share, bundle } = place;
  const sandbox = await GuestSandbox.create(noted(place), share, { id });
  const { container, config } = bundle("c1", "sleep 600");
  await sandbox.start(container, config);
  share.before = (change) => {
    if (change === "cleanup") throw new Error("busy");
  };
  await assert.rejects(Promise.all([sandbox.destroy(), sandbox.destroy()]), /busy/);
  await assert.rejects(sandbox.start(container, config), { trouble: "over" });
  share.before = () => {};
  const before = share.done.length;
  await sandbox.destroy();
  assert.deepEqual(share.done.slice(before), ["cleanup"]);
  await sandbox.destroy();
  assert.equal(share.done.length, before + 1);
});

sandboxTest("an unknown container is told by the agent's own words", async () => {
  const words = [
    "Invalid container id",
    '"invalid container id"',
    "InvalidContainerId",
    "Invalid container id: c1",
  ];
  for (const reason of words)
    assert.equal(isUnknownContainer(refusal("removeContainer", reason)), true, reason);
  for (const reason of ['mount of "invalid container id" failed', "Invalid container ids", "busy"])
    assert.equal(isUnknownContainer(refusal("removeContainer", reason)), false, reason);
});
