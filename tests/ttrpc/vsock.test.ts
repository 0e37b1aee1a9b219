import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { connectTtrpc } from "../../ffi/ttrpc/connect.ts";
import { TtrpcConnectError } from "../../ffi/ttrpc/connect-error.ts";
import { vsockErrorOf } from "../../ffi/ttrpc/dial-error.ts";
import { TtrpcError } from "../../ffi/ttrpc/ttrpc-error.ts";
import { rejection } from "../support/errors.ts";
import { ownRuntime } from "../support/runtimes.ts";
import { Peer } from "../support/ttrpc/peer.ts";
import { socketTest } from "../support/ttrpc/served.ts";

// Deno's own sockets of this kind take a flag and a virtual machine. In their place machines are connections of Deno's to a
// unix socket, which are of the same class. On Node there is nothing of the sort, and that is said.

type Connect = (options: {
  transport: string;
  cid?: number;
  port?: number;
  path?: string;
}) => Promise<Connection>;
type Connection = { close(): void };
type Machine = (port: number | undefined) => Promise<Connection>;

const { Deno: deno } = globalThis as unknown as { Deno?: { connect: Connect } };
const connect = deno?.connect as Connect;
/** What each machine does with who connects, by its context id. */
const machines = new Map<number, Machine>();
if (deno)
  deno.connect = (options) =>
    options.transport === "vsock"
      ? (machines.get(options.cid as number) as Machine)(options.port)
      : connect(options);

/** A test with a server that a virtual machine may have. */
function vsockTest(
  name: string,
  cid: number,
  body: (server: Peer, reach: () => Promise<Connection>) => Promise<void>,
) {
  socketTest(name, async (directory) => {
    if (ownRuntime === "node") {
      await assert.rejects(connectTtrpc(`vsock://${cid}:1024`), /only Deno has vsock/);
      return;
    }
    const path = join(directory, "a.sock");
    const server = await Peer.start(path);
    await body(server, () => connect({ transport: "unix", path }));
    await server.end();
  });
}

const failing = (code: string, message = "not yet") =>
  Promise.reject(Object.assign(new Error(message), { code }));
const call = { service: "s", method: "m" };

vsockTest("a virtual machine's port is connected to, and calls go there", 3, async (server, reach) => {
  const ports: unknown[] = [];
  machines.set(3, (port) => {
    ports.push(port);
    return reach();
  });
  const client = await connectTtrpc("vsock://3:1024");
  const payload = [new Uint8Array(50_000)];
  await Promise.all(Array.from({ length: 100 }, () => client.call({ ...call, payload })));
  assert.equal(server.asked.length, 100);
  server.answer = (_, replies) => replies.close();
  const error = await rejection(client.call(call));
  assert.ok(error instanceof TtrpcError && error.trouble === "connection", String(error));
  await client.close();
  assert.deepEqual(ports, [1024]);
});

vsockTest("a machine that is still booting is waited for", 4, async (_, reach) => {
  const codes = ["ENODEV", "ETIMEDOUT", "ECONNRESET"];
  machines.set(4, () => (codes.length > 0 ? failing(codes.shift() as string) : reach()));
  await (await connectTtrpc("vsock://4:1024")).close();
  assert.deepEqual(codes, []);
});

vsockTest("a machine that stays away is not waited for any longer", 5, async () => {
  // Deno has no name for it.
  machines.set(5, () => Promise.reject(new Error("No such device (os error 19)")));
  const error = await rejection(connectTtrpc("vsock://5:1024", { timeoutMs: 30 }));
  assert.ok(error instanceof TtrpcConnectError);
  const reason = "port 1024 of machine 5: No such device (os error 19), for 30 ms";
  assert.deepEqual([error.code, error.reason], ["ENODEV", reason]);
});

vsockTest("what will not pass is told at once", 6, async () => {
  machines.set(6, () => Promise.reject(Object.assign(new Error("denied"), { name: "NotCapable" })));
  assert.equal(((await rejection(connectTtrpc("vsock://6:1024"))) as TtrpcConnectError).code, "EACCES");
});

vsockTest("a connection that comes too late is closed", 7, async (server, reach) => {
  let isClosed = false;
  let late: Promise<Connection> | undefined;
  machines.set(7, () => {
    late = sleep(100).then(reach);
    const close = (connection: Connection) => {
      isClosed = true;
      connection.close();
    };
    return late.then((connection) => ({ close: () => close(connection) }));
  });
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 20);
  const error = await rejection(connectTtrpc("vsock://7:1024", { signal: controller.signal }));
  assert.equal((error as TtrpcConnectError).code, "ECANCELED");
  await late;
  while (server.connections > 0 || !isClosed) await sleep(1);
});

test("an error of Deno's is known by its name, its code, or the number in its message", () => {
  const machine = { cid: 3, port: 1024 };
  const rows: readonly [error: object, code: string, mayPass: boolean][] = [
    [Object.assign(new Error("no"), { code: "ECONNRESET" }), "ECONNRESET", true],
    [Object.assign(new Error("no"), { name: "NotCapable" }), "EACCES", false],
    [new Error("No such device (os error 19)"), "ENODEV", true],
    [new Error("Permission denied (os error 13)"), "EACCES", false],
    [new Error("Connection timed out (os error 110)"), "ETIMEDOUT", true],
    [new Error("something else"), "EIO", false],
  ];
  for (const [error, code, mayPass] of rows) {
    const found = vsockErrorOf(error, machine);
    assert.deepEqual([found.code, found.mayPass], [code, mayPass], String(error));
    assert.equal(found.message, `port 1024 of machine 3: ${(error as Error).message}`);
  }
});
