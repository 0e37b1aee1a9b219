import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pid } from "node:process";
import { Duplex, PassThrough } from "node:stream";
import test from "node:test";
import { Health } from "../../ffi/agent/generated/health_pb.ts";
import { TtrpcClient } from "../../ffi/ttrpc/client.ts";
import { connectTtrpc } from "../../ffi/ttrpc/connect.ts";
import { TtrpcListenError } from "../../ffi/ttrpc/listen.ts";
import { TtrpcServer } from "../../ffi/ttrpc/server.ts";
import { rejection } from "../support/errors.ts";
import { socketTest, ttrpcError, until } from "../support/ttrpc/served.ts";
import { callFrame, serverTest } from "../support/ttrpc/server-place.ts";

const { check } = Health.method;

/** A handler that answers when it is let go. */
function waiting() {
  let goOn = () => {};
  const state = { begun: 0, signals: [] as AbortSignal[], goOn: () => goOn() };
  const went = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const handlers = {
    async check(_: unknown, { signal }: { signal: AbortSignal }) {
      state.signals.push(signal);
      state.begun += 1;
      await went;
      return { status: 1 as const };
    },
  };
  return { state, handlers };
}

serverTest("shutting down answers the open calls, and refuses new ones", async (place) => {
  const { server, client, address, raw } = place;
  const { state, handlers } = waiting();
  server.register(Health, handlers);
  const open = client.invoke(check, {});
  await until(() => state.begun === 1);
  const idle = await raw();
  const shut = server.shutdown();
  await until(() => idle.isClosed);
  const refused = await ttrpcError(client.invoke(check, {}));
  assert.deepEqual([refused.code, refused.reason], ["UNAVAILABLE", "the server is shutting down"]);
  await assert.rejects(connectTtrpc(address, { timeoutMs: 20 }), { name: "TtrpcConnectError" });
  state.goOn();
  assert.equal((await open).status, 1);
  await shut;
  assert.deepEqual([state.begun, state.signals[0]?.aborted, server.connections], [1, false, 0]);
  await until(() => !client.isOpen);
});

serverTest("shutting down sends what a slow client has not read yet", async ({ server, raw }) => {
  server.register(Health, { version: () => ({ agentVersion: "x".repeat(1_000_000) }) });
  const slow = await raw();
  slow.socket.pause();
  for (let i = 0; i < 20; i += 1) slow.send(callFrame(2 * i + 1, "Version"));
  await new Promise((resolve) => setTimeout(resolve, 50));
  const shut = server.shutdown();
  slow.socket.resume();
  await shut;
  await until(() => slow.isClosed);
  // Those that were not worked on yet are refused, and each has an answer.
  assert.equal(slow.answers.length, 20);
  for (const { code } of slow.answers) assert.ok(code === 0 || code === 14, String(code));
  assert.equal(slow.answers[0]?.code, 0);
});

serverTest("shutting down takes no longer than its time", async ({ server, client, raw }) => {
  const { state, handlers } = waiting();
  server.register(Health, handlers);
  const open = ttrpcError(client.invoke(check, {}));
  const silent = await raw();
  silent.socket.pause();
  await until(() => state.begun === 1);
  await server.shutdown({ timeoutMs: 50 });
  const error = await open;
  assert.deepEqual([error.trouble, error.code], ["connection", "UNAVAILABLE"]);
  assert.equal(state.signals[0]?.reason.code, "UNAVAILABLE");
  for (const timeoutMs of [0, -1, Number.NaN, 2 ** 31])
    await assert.rejects(server.shutdown({ timeoutMs }), /^TypeError: timeoutMs has to be/);
});

serverTest("closing ends all connections at once, and tells the handlers", async ({ server, client }) => {
  const { state, handlers } = waiting();
  server.register(Health, handlers);
  const open = ttrpcError(client.invoke(check, {}));
  await until(() => state.begun === 1);
  await Promise.all([server.close(), server.close(), server[Symbol.asyncDispose]()]);
  assert.equal((await open).trouble, "connection");
  assert.deepEqual([state.signals[0]?.aborted, server.connections], [true, 0]);
  state.goOn();
});

socketTest("a socket is there while a server listens, and it may listen on several", async (directory) => {
  const server = new TtrpcServer().register(Health, { check: () => ({ status: 1 }) });
  const abstract = `unix://@guestshare-${pid}-${Date.now()}`;
  const paths = ["a.sock", "b.sock"].map((name) => join(directory, name));
  for (const address of [...paths.map((path) => `unix://${path}`), abstract]) {
    await server.listen(address);
    const client = await connectTtrpc(address);
    assert.equal((await client.invoke(check, {})).status, 1);
    await client.close();
  }
  assert.deepEqual(paths.map(existsSync), [true, true]);
  await server.close();
  assert.deepEqual(paths.map(existsSync), [false, false]);
  const late = await rejection(server.listen(`unix://${paths[0]}`));
  assert.ok(late instanceof TtrpcListenError, String(late));
  assert.deepEqual([late.code, existsSync(paths[0] as string)], ["ECANCELED", false]);
});

socketTest("an address on which nothing can listen is refused", async (directory) => {
  const server = new TtrpcServer();
  const file = join(directory, "file");
  writeFileSync(file, "");
  const forms = 'has to be "unix://<path>" or "unix://@<abstract name>"';
  for (const [address, code, reason] of [
    ["", "EINVAL", forms],
    [file, "EINVAL", forms],
    ["vsock://3:1024", "EINVAL", forms],
    ["unix://@", "EINVAL", forms],
    ["unix://a.sock", "EINVAL", "its path has to be an absolute path"],
    ["unix:///a\0b", "EINVAL", "its path has to be text without NUL"],
    [`unix:///${"x".repeat(107)}`, "ENAMETOOLONG", "its path has to be at most 107 bytes long"],
    [`unix://${file}`, "EADDRINUSE", /^the path exists/],
    [`unix://${directory}/none/a.sock`, /^(?:ENOENT|EACCES)$/, /^its directory is missing/],
  ] as const) {
    const error = await rejection(server.listen(address));
    assert.ok(error instanceof TtrpcListenError, String(error));
    assert.equal(
      error.message,
      `Cannot listen on ${JSON.stringify(address)}: ${error.code} (${error.reason})`,
    );
    for (const [given, expected] of [
      [error.code, code],
      [error.reason, reason],
    ] as const) {
      if (typeof expected === "string") assert.equal(given, expected);
      else assert.match(given, expected);
    }
  }
  await server.close();
});

/** Two duplexes, of which each reads what the other one writes. */
function pair(): [Duplex, Duplex] {
  const [one, other] = [new PassThrough(), new PassThrough()];
  const both: [Duplex, Duplex] = [
    Duplex.from({ readable: one, writable: other }),
    Duplex.from({ readable: other, writable: one }),
  ];
  // Where one is destroyed, the other one breaks.
  for (const end of both) end.on("error", () => {});
  return both;
}

test("any duplex is served", async () => {
  const server = new TtrpcServer().register(Health, { check: () => ({ status: 1 }) });
  const [here, there] = pair();
  server.serve(there);
  const client = new TtrpcClient(here);
  assert.equal((await client.invoke(check, {})).status, 1);
  assert.equal(server.connections, 1);
  await client.close();
  await server.close();
  const [, late] = pair();
  server.serve(late);
  await until(() => late.destroyed && server.connections === 0);
});
