import assert from "node:assert/strict";
import { withLaterClock } from "../support/faults/clock.ts";
import type { Replies } from "../support/ttrpc/peer.ts";
import { ttrpcError, ttrpcTest, until } from "../support/ttrpc/served.ts";

// How calls end that are not answered.

const call = { service: "s", method: "m" };
const bytes = (...numbers: number[]) => new Uint8Array(numbers);

ttrpcTest("a call ends at its deadline, and its late answer goes unheard", async ({ server, client }) => {
  let late: Replies | undefined;
  server.answer = (_, replies) => {
    late = replies;
  };
  const error = await ttrpcError(client.call({ ...call, timeoutMs: 50 }));
  assert.deepEqual([error.trouble, error.code, error.sent], ["deadline", "DEADLINE_EXCEEDED", "all"]);
  assert.equal(error.reason, "no answer within 50 ms");
  assert.equal(server.asked[0]?.timeoutNano, 50_000_000n);

  server.answer = ({ payload }, replies) => replies.ok(payload);
  late?.ok(bytes(1));
  assert.deepEqual([...(await client.call({ ...call, payload: bytes(2) }))], [2]);
  // Once, however, is enough.
  late?.ok(bytes(1));
  await until(() => !client.isOpen);
});

ttrpcTest(
  "a deadline is the client's where a call does not say",
  async ({ server, client }) => {
    server.answer = () => {};
    assert.equal((await ttrpcError(client.call(call))).reason, "no answer within 60 ms");
    assert.equal(server.asked[0]?.timeoutNano, 60_000_000n);
  },
  { timeoutMs: 60 },
);

// The peer's timer may fire before ours does.
ttrpcTest("a peer may be the first to say that a call's time is up", async ({ server, client }) => {
  server.answer = (_, replies) => replies.refuse(4, "context deadline exceeded");
  const troubleAfter = (laterMs: number) => {
    const failing = ttrpcError(client.call({ ...call, timeoutMs: 10_000 }));
    return withLaterClock(laterMs, () => failing);
  };
  const late = await troubleAfter(20_000);
  assert.deepEqual([late.trouble, late.code, late.sent], ["deadline", "DEADLINE_EXCEEDED", "all"]);
  assert.equal(late.reason, "no answer within 10000 ms");
  const early = await troubleAfter(0);
  assert.deepEqual([early.trouble, early.code], ["status", "DEADLINE_EXCEEDED"]);
  assert.ok(client.isOpen);
});

ttrpcTest("calls end each in its own time, whatever was made first", async ({ server, client }) => {
  server.answer = ({ payload }, replies) => {
    if (payload.length > 0) replies.ok();
  };
  const start = performance.now();
  const ended: number[] = [];
  const ends = [150, 50, 100].map(async (timeoutMs) => {
    const error = await ttrpcError(client.call({ ...call, timeoutMs }));
    assert.equal(error.reason, `no answer within ${timeoutMs} ms`);
    assert.ok(performance.now() - start >= timeoutMs);
    ended.push(timeoutMs);
  });
  // Those that are answered take nothing of the others' time.
  for (const timeoutMs of [60_000, 20_000]) await client.call({ ...call, payload: bytes(1), timeoutMs });
  await Promise.all(ends);
  assert.deepEqual(ended, [50, 100, 150]);
});

ttrpcTest("a call ends by its signal, before, while and after it is sent", async ({ server, client }) => {
  server.answer = () => {};
  const cause = new Error("enough");
  const before = await ttrpcError(client.call({ ...call, signal: AbortSignal.abort(cause) }));
  assert.deepEqual([before.trouble, before.code, before.sent], ["aborted", "CANCELLED", "nothing"]);
  assert.equal(before.cause, cause);

  const controller = new AbortController();
  const sent = client.call({ ...call, signal: controller.signal });
  await until(() => server.asked.length === 1);
  controller.abort(cause);
  const after = await ttrpcError(sent);
  assert.deepEqual([after.trouble, after.sent, after.cause], ["aborted", "all", cause]);

  // Many, by one signal.
  const other = new AbortController();
  const many = Array.from({ length: 2000 }, () => ttrpcError(client.call({ ...call, signal: other.signal })));
  const lasting = ttrpcError(client.call({ ...call, signal: new AbortController().signal, timeoutMs: 100 }));
  other.abort();
  for (const error of await Promise.all(many)) assert.equal(error.trouble, "aborted");
  assert.equal((await lasting)?.trouble, "deadline");
  assert.ok(client.isOpen);
});

ttrpcTest("a client tells when its connection is over, with what calls fail with then", async (place) => {
  const { server, client } = place;
  let ended: unknown;
  void client.ended.then((failure) => {
    ended = failure;
  });
  await client.ready();
  assert.equal(ended, undefined);
  await server.end();
  const { trouble, code, reason } = await client.ended;
  assert.deepEqual([trouble, code, reason], ["connection", "UNAVAILABLE", "the peer closed the connection"]);
  assert.equal((await ttrpcError(client.call(call))).reason, reason);
  await client.close();
  assert.equal(await client.ended, ended);
});

ttrpcTest("closing ends all calls, and those that come after", async ({ server, client }) => {
  server.answer = () => {};
  const calls = Array.from({ length: 10 }, () => ttrpcError(client.call(call)));
  await until(() => server.asked.length === 10);
  await Promise.all([client.close(), client.close()]);
  for (const error of await Promise.all(calls)) {
    assert.deepEqual([error.trouble, error.code, error.sent], ["connection", "UNAVAILABLE", "all"]);
    assert.equal(error.reason, "the client was closed");
  }
  const after = await ttrpcError(client.call(call));
  assert.deepEqual([after.trouble, after.sent], ["connection", "nothing"]);
  await client.ready();
  assert.equal(client.isOpen, false);
});
