import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import test from "node:test";
import { fromBinary } from "@bufbuild/protobuf";
import { TtrpcClient } from "../../ffi/ttrpc/client.ts";
import { FrameReader } from "../../ffi/ttrpc/frame-reader.ts";
import { type Request, RequestSchema } from "../../ffi/ttrpc/generated/ttrpc_pb.ts";
import { Outbox, type Parcel } from "../../ffi/ttrpc/outbox.ts";
import type { TtrpcError } from "../../ffi/ttrpc/ttrpc-error.ts";
import { assertLinear } from "../support/growth.ts";
import { responseFrame } from "../support/ttrpc/peer.ts";
import { ttrpcError, ttrpcTest } from "../support/ttrpc/served.ts";

const KiB = 1024;
const call = { service: "s", method: "m" };

/** A stream whose other side reads nothing until it is let. */
class Stuck extends Duplex {
  /** What was given to the other side. */
  readonly pieces: Uint8Array[] = [];
  #release: (() => void)[] = [];
  #isOpen = false;

  override _read(): void {}

  override _write(piece: Uint8Array, _: string, done: () => void): void {
    this.pieces.push(piece);
    if (this.#isOpen) done();
    else this.#release.push(done);
  }

  get taken(): number {
    return this.pieces.reduce((sum, { length }) => sum + length, 0);
  }

  /** The requests that are in it. */
  requests(): Request[] {
    const frames = new FrameReader().read(Buffer.concat(this.pieces));
    return Array.from(frames, ({ payload }) => fromBinary(RequestSchema, payload));
  }

  open(): void {
    this.#isOpen = true;
    for (const done of this.#release.splice(0)) done();
  }
}

test("requests to a peer that reads nothing wait, up to a limit", async () => {
  const stuck = new Stuck();
  const client = new TtrpcClient(stuck, { maxWaitingBytes: 1000 * KiB });
  const payload = new Uint8Array(100 * KiB);
  const errors: TtrpcError[] = [];
  const calls = Array.from({ length: 50 }, () =>
    client.call({ ...call, payload }).catch((error: TtrpcError) => errors.push(error)),
  );
  await new Promise((resolve) => setTimeout(resolve, 20));
  // One is in the stream, nine wait.
  assert.ok(stuck.writableLength <= 101 * KiB, `${stuck.writableLength} bytes are in the stream`);
  assert.equal(errors.length, 40);
  for (const error of errors) {
    assert.deepEqual([error.trouble, error.code, error.sent], ["request", "RESOURCE_EXHAUSTED", "nothing"]);
    assert.match(error.reason, /^\d+ bytes wait already for the peer to read them$/);
  }
  stuck.open();
  await client.ready();
  for (let i = 0; i < 10; i += 1) stuck.push(responseFrame(2 * i + 1));
  await Promise.all(calls);
  assert.equal(errors.length, 40);
  await client.close();
});

test("a call that is given up while it waits is never sent, and makes room", async () => {
  const stuck = new Stuck();
  const client = new TtrpcClient(stuck, { maxWaitingBytes: 300 * KiB });
  const first = client.call({ ...call, payload: new Uint8Array(100 * KiB) });
  const controller = new AbortController();
  const gone = Array.from({ length: 2 }, () =>
    ttrpcError(client.call({ ...call, payload: new Uint8Array(100 * KiB), signal: controller.signal })),
  );
  const late = await ttrpcError(client.call({ ...call, timeoutMs: 20 }));
  assert.deepEqual([late.trouble, late.sent], ["deadline", "nothing"]);
  controller.abort();
  for (const error of await Promise.all(gone)) assert.equal(error.sent, "nothing");
  const last = client.call({ ...call, payload: new Uint8Array(250 * KiB) });
  stuck.open();
  stuck.push(responseFrame(1));
  stuck.push(responseFrame(3));
  await Promise.all([first, last]);
  assert.ok(stuck.taken < 352 * KiB, `${stuck.taken} bytes were sent`);
  await client.close();
});

test("many that wait are given up as fast as few", () =>
  assertLinear(100_000, (count) => {
    const outbox = new Outbox(new Stuck());
    const parcels = Array.from({ length: count }, () => ({
      ...{ bytes: 10, keep: () => {}, wasSent: () => {} },
      pack: () => [new Uint8Array(64 * KiB)],
    }));
    for (const parcel of parcels) outbox.send(parcel);
    const [first, ...waiting] = parcels;
    waiting.reverse();
    return () => {
      assert.equal(outbox.withdraw(first as Parcel), false);
      for (const parcel of waiting) assert.equal(outbox.withdraw(parcel), true);
      assert.equal(outbox.waitingBytes, 0);
    };
  }));

test("many that each have a signal of their own are given up as fast", () =>
  assertLinear(8000, (count) => {
    const client = new TtrpcClient(new Stuck());
    const controllers = Array.from({ length: count }, () => new AbortController());
    const calls = controllers.map(({ signal }) => ttrpcError(client.call({ ...call, signal })));
    return async () => {
      for (const controller of controllers) controller.abort();
      for (const { trouble } of await Promise.all(calls)) assert.equal(trouble, "aborted");
      await client.close();
    };
  }));

test("how much was sent of a call that is stuck is not known", async () => {
  const stuck = new Stuck();
  const client = new TtrpcClient(stuck);
  const [first, second] = [0, 1].map(() =>
    ttrpcError(client.call({ ...call, payload: new Uint8Array(64 * KiB) })),
  );
  await client.close();
  assert.equal((await first)?.sent, "some");
  assert.equal((await second)?.sent, "nothing");
});

ttrpcTest(
  "who waits until there is room holds little, however slow the peer is",
  async ({ server, client }) => {
    let socket: Socket | undefined;
    server.answer = (_, replies) => {
      socket = replies.socket;
      replies.ok();
      socket.pause();
      setTimeout(() => socket?.resume(), 1);
    };
    const payload = new Uint8Array(1024 * KiB);
    let [open, most] = [0, 0];
    const calls: Promise<unknown>[] = [];
    for (let i = 0; i < 200; i += 1) {
      await client.ready();
      open += 1;
      most = Math.max(most, open);
      calls.push(client.call({ ...call, payload }).then(() => (open -= 1)));
    }
    await Promise.all(calls);
    assert.ok(most <= 8, `${most} calls were open at once`);
    assert.equal(server.asked.length, 200);
  },
);

test("there is nothing to wait for once the connection has ended", async () => {
  const client = new TtrpcClient(new Stuck());
  const calls = [1, 2].map(() => ttrpcError(client.call({ ...call, payload: new Uint8Array(64 * KiB) })));
  const before = client.ready();
  await client.close();
  await Promise.all([before, ...calls, client.ready()]);
});

test("what has waited is what it was when it was called", async () => {
  const stuck = new Stuck();
  const client = new TtrpcClient(stuck);
  const calls = [ttrpcError(client.call({ ...call, payload: new Uint8Array(64 * KiB) }))];
  const request = { ...call, payload: new Uint8Array(), metadata: { number: "" } };
  for (let i = 1; i <= 3; i += 1) {
    request.payload = new Uint8Array([i]);
    request.metadata.number = String(i);
    calls.push(ttrpcError(client.call(request)));
  }
  stuck.open();
  await new Promise((resolve) => setTimeout(resolve, 0));
  const [, ...waited] = stuck.requests();
  assert.deepEqual(
    waited.map(({ payload, metadata }) => `${payload[0]} ${metadata[0]?.value}`),
    ["1 1", "2 2", "3 3"],
  );
  await Promise.all([client.close(), ...calls]);
});

test("what has waited says how much time it has left", async () => {
  const stuck = new Stuck();
  const client = new TtrpcClient(stuck);
  const calls = [64 * KiB, 0].map((length) =>
    ttrpcError(client.call({ ...call, payload: new Uint8Array(length), timeoutMs: 600_000 })),
  );
  await new Promise((resolve) => setTimeout(resolve, 100));
  stuck.open();
  await new Promise((resolve) => setTimeout(resolve, 0));
  const [first, second] = stuck.requests().map(({ timeoutNano }) => Number(timeoutNano));
  assert.equal(first, 600_000_000_000);
  assert.ok((second as number) < 599_950_000_000, `${second} ns are left`);
  await Promise.all([client.close(), ...calls]);
});

test("small requests of one turn are written in one piece, and a large payload is not copied", async () => {
  const stuck = new Stuck();
  stuck.open();
  const client = new TtrpcClient(stuck);
  const small = new Uint8Array(100);
  const large = new Uint8Array(32 * KiB);
  const calls = [small, small, large, small].map((payload) => ttrpcError(client.call({ ...call, payload })));
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.equal(stuck.pieces.length, 3);
  assert.equal(stuck.pieces[1]?.buffer, large.buffer);
  assert.deepEqual(
    stuck.requests().map(({ payload }) => payload.length),
    [100, 100, 32 * KiB, 100],
  );
  await Promise.all([client.close(), ...calls]);
});

test("a peer that answers nothing of very much is left", async () => {
  const stuck = new Stuck();
  stuck.open();
  const client = new TtrpcClient(stuck);
  for (let i = 0; client.isOpen; i += 1) {
    assert.ok(i < 70, "more than 70,000 calls were given up");
    const controller = new AbortController();
    const calls = Array.from({ length: 1000 }, () =>
      ttrpcError(client.call({ ...call, signal: controller.signal })),
    );
    await client.ready();
    controller.abort();
    await Promise.all(calls);
  }
  const error = await ttrpcError(client.call(call));
  assert.equal(error.reason, "65536 calls were given up, and the peer answered none of them");
});
