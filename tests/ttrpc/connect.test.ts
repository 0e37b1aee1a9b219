import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pid } from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { connectTtrpc } from "../../ffi/ttrpc/connect.ts";
import { TtrpcConnectError } from "../../ffi/ttrpc/connect-error.ts";
import { rejection } from "../support/errors.ts";
import { Peer } from "../support/ttrpc/peer.ts";
import { socketTest } from "../support/ttrpc/served.ts";

const call = { service: "s", method: "m" };

socketTest("a plain socket is connected to, and an abstract one", async (directory) => {
  const name = `guestshare-${pid}-${Date.now()}`;
  for (const [listen, address] of [
    [join(directory, "a.sock"), `unix://${join(directory, "a.sock")}`],
    [join(directory, "b.sock"), `remote://${join(directory, "b.sock")}`],
    [`\0${name}`, `unix://@${name}`],
  ] as const) {
    const server = await Peer.start(listen);
    const client = await connectTtrpc(address);
    await client.call(call);
    await client.close();
    await server.end();
  }
});

socketTest(
  "a socket that is not there yet is waited for, and one that stays away is not",
  async (directory) => {
    const path = join(directory, "a.sock");
    const address = `unix://${path}`;
    const absent = await rejection(connectTtrpc(address, { timeoutMs: 30 }));
    assert.ok(absent instanceof TtrpcConnectError);
    assert.deepEqual([absent.code, absent.isAbsent, absent.address], ["ENOENT", true, address]);
    assert.equal(
      absent.message,
      `Cannot connect to "${address}": ENOENT (there is no socket "${path}", for 30 ms)`,
    );

    const connecting = connectTtrpc(address, { timeoutMs: 30_000 });
    await sleep(50);
    const server = await Peer.start(path);
    await (await connecting).close();
    await server.end();
  },
);

socketTest("what will not pass is told at once", async (directory) => {
  const path = join(directory, "file");
  writeFileSync(path, "");
  // Who waits here waits for an hour.
  const error = await rejection(connectTtrpc(`unix://${path}/a.sock`, { timeoutMs: 3_600_000 }));
  assert.ok(error instanceof TtrpcConnectError, String(error));
  assert.deepEqual([error.code, error.isAbsent], ["ENOTDIR", false]);
  for (const options of [{ timeoutMs: 0 }, { timeoutMs: 2 ** 31 }, { callTimeoutMs: -1 }])
    assert.ok((await rejection(connectTtrpc(`unix://${path}`, options))) instanceof TypeError);
});

socketTest("a signal ends the waiting", async (directory) => {
  const address = `unix://${join(directory, "a.sock")}`;
  const cause = new Error("enough");
  const controller = new AbortController();
  setTimeout(() => controller.abort(cause), 30);
  for (const signal of [controller.signal, AbortSignal.abort(cause)]) {
    const error = await rejection(connectTtrpc(address, { signal }));
    assert.ok(error instanceof TtrpcConnectError);
    assert.equal(error.code, "ECANCELED");
    assert.equal((error.cause as Error).cause, cause);
  }
});
