import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { Health } from "../../ffi/agent/generated/health_pb.ts";
import { TtrpcRefusal } from "../../ffi/ttrpc/refusal.ts";
import { ttrpcError } from "../support/ttrpc/served.ts";
import { callFrame, serverTest } from "../support/ttrpc/server-place.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const bytes = (words: string) => new TextEncoder().encode(words);

serverTest("a service of bytes has one handler for all methods", async ({ server, client }) => {
  server.registerBytes("any.Service", async (payload, { method, metadata }) => {
    if (method === "Refuse") throw new TtrpcRefusal("ABORTED", "no");
    return bytes(`${method} ${text(payload)} ${metadata.get("key")}`);
  });
  const call = { service: "any.Service", payload: bytes("payload"), metadata: { key: "value" } };
  assert.equal(text(await client.call({ ...call, method: "One" })), "One payload value");
  assert.equal(text(await client.call({ ...call, method: "Two" })), "Two payload value");
  assert.equal((await ttrpcError(client.call({ ...call, method: "Refuse" }))).code, "ABORTED");
  const elsewhere = client.call({ service: "other.Service", method: "One" });
  assert.equal((await ttrpcError(elsewhere)).code, "UNIMPLEMENTED");
});

serverTest("memory of a long payload that was released has the next one", async ({ server, client }) => {
  const memories = new Set<ArrayBufferLike>();
  server.registerBytes("any.Service", async (payload, context, release) => {
    memories.add(payload.buffer);
    const first = payload.slice(0, 1);
    if (context.method === "Release") {
      release();
      release();
      assert.equal(context.metadata.size, 0);
    }
    await sleep(1);
    return first;
  });
  for (const [method, buffers] of [
    ["Release", 1],
    ["Keep", 5],
  ] as const) {
    for (let i = 0; i < 6; i += 1) {
      // The first one is long enough for those behind it.
      if (i === 1) memories.clear();
      const payload = new Uint8Array(1_000_000 - i).fill(i);
      const call = { service: "any.Service", method, payload, metadata: { key: "value" } };
      assert.deepEqual([...(await client.call(call))], [i]);
    }
    assert.equal(memories.size, buffers, method);
  }
});

serverTest("a service is registered once, in either way", async ({ server }) => {
  server.registerBytes("any.Service", (payload) => payload).register(Health, {});
  const twice = /registered already/;
  assert.throws(() => server.registerBytes("any.Service", (payload) => payload), twice);
  assert.throws(() => server.registerBytes(Health.typeName, (payload) => payload), twice);
  assert.throws(() => server.registerBytes("c", {} as never), /the handler of c has to be a function/);
});

for (const refusesLate of [true, false]) {
  serverTest(
    `a call whose time is up is ${refusesLate ? "refused" : "left without an answer"}, and its handler hears of it`,
    async ({ server, raw }) => {
      let aborted = 0;
      server.registerBytes("grpc.Health", async (_, { method, signal }) => {
        if (method === "Fast") return bytes("");
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        aborted += 1;
        return bytes("too late");
      });
      const client = await raw();
      client.send(callFrame(1, "Slow", { timeoutMs: 30 }));
      await sleep(150);
      client.send(callFrame(3, "Fast"));
      await client.answer(3);
      const codes = client.answers.map(({ streamId, code }) => [streamId, code]);
      assert.deepEqual(
        codes,
        refusesLate
          ? [
              [1, 4],
              [3, 0],
            ]
          : [[3, 0]],
      );
      assert.equal(aborted, 1);
    },
    { refusesLate },
  );
}
