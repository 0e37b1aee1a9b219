import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { Duplex, PassThrough } from "node:stream";
import test from "node:test";
import fc from "fast-check";
import { NriMux } from "../../ffi/nri/mux/mux.ts";
import { MuxPacker } from "../../ffi/nri/mux/mux-packer.ts";
import { LONGEST_MUX_PAYLOAD, MuxReader } from "../../ffi/nri/mux/mux-reader.ts";
import { NriError } from "../../ffi/nri/nri-error.ts";
import { LibraryStream } from "../support/nri/library-mux.ts";
import { frameOf } from "../support/ttrpc/peer.ts";
import { until } from "../support/ttrpc/served.ts";

/** A frame of the multiplexer; the length can lie. */
function muxFrame(connection: number, payload: Uint8Array, length = payload.length): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt32BE(connection, 0);
  header.writeUInt32BE(length, 4);
  return Buffer.concat([header, payload]);
}

/** A multiplexer, and the other end of its socket. */
function muxAndPeer(): { mux: NriMux; peer: Duplex; written: () => Buffer } {
  const toMux = new PassThrough();
  const written: Buffer[] = [];
  const socket = Duplex.from({
    readable: toMux,
    writable: new PassThrough().on("data", (bytes: Buffer) => written.push(bytes)),
  });
  return { mux: new NriMux(socket), peer: toMux, written: () => Buffer.concat(written) };
}

test("whatever is written in whatever pieces, NRI's library reads it: no payload is too long for it", () => {
  const lengths = fc.oneof(fc.nat(40), fc.integer({ min: 4070, max: 4110 }), fc.nat(70_000));
  fc.assert(
    fc.property(
      fc.array(lengths, { maxLength: 12 }),
      fc.array(fc.nat(9000), { maxLength: 12 }),
      (all, cuts) => {
        const bytes = Buffer.concat(all.map((length, i) => frameOf(2 * i + 1, 1, Buffer.alloc(length, i))));
        const packer = new MuxPacker();
        const stream = new LibraryStream(() => {});
        const packed: Uint8Array[] = [];
        for (let at = 0, i = 0; at < bytes.length; i += 1) {
          const piece = bytes.subarray(at, at + (cuts[i] ?? bytes.length) + 1);
          at += piece.length;
          for (const payload of packer.pack(piece)) {
            assert.ok(stream.receive(Buffer.from(payload)), `${payload.length} bytes do not fit`);
            packed.push(payload);
          }
        }
        assert.ok(Buffer.concat(packed).equals(bytes));
      },
    ),
    { numRuns: 500 },
  );
});

test("small frames that are written at once go together, up to what the library reads at once", () => {
  const bytes = Buffer.concat(Array.from({ length: 1000 }, (_, i) => frameOf(2 * i + 1, 2, Buffer.alloc(0))));
  const lengths = [...new MuxPacker().pack(bytes)].map(({ length }) => length);
  assert.deepEqual(lengths, [4090, 4090, 1820]);
});

test("frames are found in whatever pieces they come, and payloads are handed on as they arrive", () => {
  const bytes = Buffer.concat([
    muxFrame(1, Buffer.from("abc")),
    muxFrame(7, Buffer.alloc(0)),
    muxFrame(2, Buffer.from("de")),
  ]);
  for (let size = 1; size <= bytes.length; size += 1) {
    const reader = new MuxReader();
    const found: Record<number, string> = {};
    for (let at = 0; at < bytes.length; at += size)
      for (const piece of reader.read(bytes.subarray(at, at + size)))
        found[piece.connection] = (found[piece.connection] ?? "") + Buffer.from(piece.bytes);
    assert.deepEqual([found, reader.isBetweenFrames], [{ 1: "abc", 2: "de" }, true]);
  }
});

test("a frame above the longest one ends all connections, and says so", async () => {
  const { mux, peer } = muxAndPeer();
  const connection = mux.open(1);
  peer.write(muxFrame(5, Buffer.alloc(0), LONGEST_MUX_PAYLOAD + 1));
  const error = await mux.ended;
  assert.ok(error instanceof NriError);
  assert.equal(
    error.message,
    "Cannot read a frame of connection 5: INTERNAL (its payload has 4194315 bytes, more than 4194314)",
  );
  await until(() => connection.destroyed);
});

for (const [what, bytes, reason] of [
  ["between two frames", muxFrame(1, Buffer.from("a")), undefined],
  ["in a header", muxFrame(1, Buffer.from("a")).subarray(0, 5), /in the middle of a frame/],
  ["in a payload", muxFrame(1, Buffer.from("a"), 2), /in the middle of a frame/],
] as const) {
  test(`the end of the socket ${what} ends all connections`, async () => {
    const { mux, peer } = muxAndPeer();
    const connection = mux.open(1).resume();
    peer.end(bytes);
    const error = await mux.ended;
    assert.equal(error === undefined, reason === undefined);
    if (reason) assert.match(String(error), reason);
    await until(() => connection.destroyed);
    assert.ok(mux.open(2).destroyed);
  });
}

test("bytes for connections that are not open are dropped, however many they are", async () => {
  const { mux, peer } = muxAndPeer();
  const connection = mux.open(1);
  let got = "";
  connection.on("data", (bytes) => (got += bytes));
  for (const number of [0, 2, 3, 2 ** 32 - 1]) peer.write(muxFrame(number, Buffer.alloc(1_000_000)));
  peer.write(muxFrame(1, Buffer.from("here")));
  await until(() => got === "here");
  mux.close();
});

test("nothing is read from the socket while a connection is not read from, and then all of it", async () => {
  const { mux, peer } = muxAndPeer();
  const connection = mux.open(1);
  const megabyte = Buffer.alloc(1_000_000, 7);
  let accepted = 0;
  for (let i = 0; i < 20; i += 1) peer.write(muxFrame(1, megabyte), () => (accepted += 1));
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.ok(accepted < 10, `${accepted} MB were taken`);
  let got = 0;
  connection.on("data", ({ length }) => (got += length));
  await until(() => got === 20_000_000);
  mux.close();
});

test("a connection that is closed here no longer keeps the others waiting", async () => {
  const { mux, peer } = muxAndPeer();
  const [unread, read] = [mux.open(1), mux.open(2)];
  let got = 0;
  read.on("data", ({ length }) => (got += length));
  for (const number of [1, 2, 1, 2]) peer.write(muxFrame(number, Buffer.alloc(300_000)));
  await new Promise((resolve) => setTimeout(resolve, 50));
  unread.destroy();
  await until(() => got === 600_000);
  mux.close();
});

test("a number that is open, or is none, is refused", () => {
  const { mux } = muxAndPeer();
  mux.open(1);
  for (const [number, reason] of [
    [1, /open already/],
    [0, /from 1 to/],
    [-1, /from 1 to/],
    [1.5, /from 1 to/],
    [2 ** 32, /from 1 to/],
  ] as const)
    assert.throws(() => mux.open(number), reason);
  mux.close();
});
