import assert from "node:assert/strict";
import { memoryUsage } from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { Health } from "../../ffi/agent/generated/health_pb.ts";
import { frameOf } from "../support/ttrpc/peer.ts";
import { settled, until } from "../support/ttrpc/served.ts";
import { callFrame, serverTest } from "../support/ttrpc/server-place.ts";

// What a client can make a server hold.

const MiB = 1024 * 1024;

/** Handlers that wait until they are let go, and how many of them there are. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const state = { begun: 0, open: () => open() };
  const handlers = {
    async check() {
      state.begun += 1;
      await opened;
      return {};
    },
  };
  return { state, handlers };
}

serverTest(
  "no more calls of a client are worked on than an option says, and the others wait",
  async ({ server, client, raw }) => {
    const { state, handlers } = gate();
    server.register(Health, handlers);
    const busy = await raw();
    for (let i = 0; i < 50; i += 1) busy.send(callFrame(2 * i + 1, "Check"));
    await until(() => state.begun === 10);
    await sleep(50);
    assert.equal(state.begun, 10);
    // Another client has its own limit.
    const other = client.invoke(Health.method.check, {});
    await until(() => state.begun === 11);
    state.open();
    await other;
    await until(() => busy.answers.length === 50);
  },
  { maxCalls: 10 },
);

serverTest(
  "no more bytes of a client's requests are worked on than an option says",
  async ({ server, raw }) => {
    const { state, handlers } = gate();
    server.register(Health, handlers);
    const busy = await raw();
    const payload = new Uint8Array(MiB + 4);
    payload.set([0x4a, 0x80, 0x80, 0x40]); // an unknown field
    for (let i = 0; i < 30; i += 1) busy.send(callFrame(2 * i + 1, "Check", { payload }));
    await until(() => state.begun >= 8);
    await sleep(100);
    assert.ok(state.begun <= 9, `${state.begun} are open`);
    state.open();
    await until(() => busy.answers.length === 30);
  },
  { maxRequestBytes: 8 * MiB },
);

serverTest("a handler that runs on behind its deadline counts until it ends", async (place) => {
  const { server, raw } = place;
  const { state, handlers } = gate();
  server.register(Health, handlers);
  const busy = await raw();
  for (let i = 0; i < 2000; i += 1) busy.send(callFrame(2 * i + 1, "Check", { timeoutMs: 20 }));
  await until(() => busy.answers.length >= 1024);
  await sleep(100);
  assert.equal(state.begun, 1024);
  state.open();
  await until(() => busy.answers.length === 2000);
});

serverTest("a client that never reads its answers is not read from, until it does", async (place) => {
  const { server, client, raw } = place;
  let begun = 0;
  server.register(Health, {
    version() {
      begun += 1;
      return { agentVersion: "x".repeat(3000) };
    },
  });
  const slow = await raw();
  slow.socket.pause();
  const all = 5000;
  const payload = new Uint8Array(3003).fill(65);
  payload.set([10, 0xb8, 0x17]); // a service with a name of 3,000 characters
  for (let i = 0; i < all; i += 1) slow.send(callFrame(2 * i + 1, "Version", { payload }));
  const then = await settled(() => begun);
  await sleep(200);
  assert.equal(begun, then);
  assert.ok(then > 0 && then < all / 2, `${then} were worked on`);
  await client.invoke(Health.method.version, {});
  slow.socket.resume();
  await until(() => slow.answers.length === all);
});

serverTest("a flood of frames that are refused takes no memory", async ({ server, raw }) => {
  server.register(Health, {});
  const slow = await raw();
  slow.socket.pause();
  const frames = new Uint8Array(64 * 1024 * 10).map(
    (_, i) => frameOf(2, 1, new Uint8Array())[i % 10] as number,
  );
  const before = memoryUsage();
  for (let i = 0; i < 100; i += 1) slow.socket.write(frames);
  const buffered = slow.socket.writableLength;
  await sleep(300);
  const after = memoryUsage();
  const grown = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers - buffered;
  assert.ok(grown < 64 * MiB, `${grown} bytes for 6,553,600 frames`);
  slow.socket.destroy();
});

serverTest("what a header promises takes no memory before it comes", async ({ server, raw }) => {
  server.register(Health, {});
  const before = memoryUsage();
  for (let i = 0; i < 100; i += 1) (await raw()).send(frameOf(1, 1, new Uint8Array([10]), 4 * MiB));
  await until(() => server.connections === 101);
  const after = memoryUsage();
  const grown = after.arrayBuffers + after.rss - before.arrayBuffers - before.rss;
  assert.ok(grown < 100 * MiB, `${grown} bytes for 100 promises of 4 MiB`);
});
