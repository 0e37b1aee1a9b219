import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { memoryUsage } from "node:process";
import test from "node:test";
import fc from "fast-check";
import {
  encodeFrame,
  encodeHeader,
  type Frame,
  LONGEST_PAYLOAD,
  TtrpcFrameError,
} from "../../ffi/ttrpc/frame.ts";
import { FrameReader } from "../../ffi/ttrpc/frame-reader.ts";
import { frameOf } from "../support/ttrpc/peer.ts";

const anyFrame: fc.Arbitrary<Frame> = fc.record({
  streamId: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  type: fc.constantFrom("request", "response", "data"),
  flags: fc.integer({ min: 0, max: 255 }),
  payload: fc.uint8Array({ maxLength: 40 }),
});

/** All frames in pieces, and what ended it. */
function readAll(
  reader: FrameReader,
  pieces: Iterable<Uint8Array>,
): { frames: Frame[]; error?: TtrpcFrameError } {
  const frames: Frame[] = [];
  try {
    for (const piece of pieces) for (const frame of reader.read(piece)) frames.push(frame);
    reader.end();
    return { frames };
  } catch (error) {
    assert.ok(error instanceof TtrpcFrameError);
    return { frames, error };
  }
}

/** Bytes cut after each of these lengths, over and over. */
function* cut(bytes: Uint8Array, lengths: readonly number[]): Generator<Uint8Array> {
  for (let at = 0, i = 0; at < bytes.length; i += 1) {
    const length = lengths[i % lengths.length] as number;
    yield bytes.slice(at, at + length);
    at += length;
  }
}

const plain = (frames: readonly Frame[]) =>
  frames.map((frame) => ({ ...frame, payload: [...frame.payload] }));

test("frames read the same in whatever pieces they come", () => {
  const anyCuts = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1 });
  fc.assert(
    fc.property(fc.array(anyFrame), anyCuts, (frames, cuts) => {
      const bytes = Buffer.concat(frames.map(encodeFrame));
      const { frames: found, error } = readAll(new FrameReader(), cut(bytes, [...cuts, 1]));
      assert.equal(error, undefined);
      assert.deepEqual(plain(found), plain(frames));
    }),
  );
});

test("a frame's header is ten bytes, big-endian", () => {
  fc.assert(
    fc.property(anyFrame, (frame) => {
      const number = { request: 1, response: 2, data: 3 }[frame.type];
      const expected = frameOf(frame.streamId, number, frame.payload);
      expected.writeUInt8(frame.flags, 9);
      assert.deepEqual([...encodeFrame(frame)], [...expected]);
    }),
  );
});

test("bytes that end inside of a frame are torn, and it is said where", () => {
  const bytes = frameOf(7, 2, new Uint8Array(20));
  for (let length = 1; length < bytes.length; length += 1) {
    const { frames, error } = readAll(new FrameReader(), [bytes.subarray(0, length)]);
    assert.deepEqual(frames, []);
    assert.equal(error?.trouble, "torn");
    assert.equal(error.received, length < 10 ? length : length - 10);
    assert.deepEqual([error.streamId, error.length], length < 10 ? [0, 0] : [7, 20]);
  }
  const { error } = readAll(new FrameReader(), [bytes.subarray(0, 12)]);
  assert.equal(
    error?.message,
    "Cannot read a frame of stream 7: torn after 2 of the 20 bytes of its payload",
  );
  assert.equal(
    readAll(new FrameReader(), [bytes.subarray(0, 3)]).error?.message,
    "Cannot read a frame: torn after 3 of the 10 bytes of its header",
  );
});

test("a frame that cannot be is refused by its header, and those before it are read", () => {
  const good = frameOf(1, 2, new Uint8Array([1]));
  for (const [bad, state] of [
    [
      frameOf(3, 2, new Uint8Array(), LONGEST_PAYLOAD + 1),
      "its payload has 4194305 bytes, more than 4194304",
    ],
    [frameOf(3, 2, new Uint8Array(), 2 ** 32 - 1), "its payload has 4294967295 bytes, more than 4194304"],
    [frameOf(3, 9, new Uint8Array([1])), "its type is 9, and not request (1), response (2), or data (3)"],
    [frameOf(3, 0, new Uint8Array([1])), "its type is 0, and not request (1), response (2), or data (3)"],
  ] as const) {
    const reader = new FrameReader();
    const { frames, error } = readAll(reader, [Buffer.concat([good, bad, good])]);
    assert.equal(frames.length, 1);
    assert.equal(error?.state, state);
    assert.ok(reader.keptBytes <= 10);
    // Behind it there is nothing to find.
    assert.equal(readAll(reader, [good]).error, error);
    assert.throws(() => reader.end(), error);
  }
});

test("the longest payload is read, and one byte more is not written", () => {
  const payload = new Uint8Array(LONGEST_PAYLOAD).fill(7);
  const bytes = encodeFrame({ streamId: 1, type: "response", flags: 0, payload });
  const { frames } = readAll(new FrameReader(), cut(bytes, [100_000, 1, 65_536]));
  assert.equal(frames.length, 1);
  assert.ok(Buffer.from(payload).equals(frames[0]?.payload as Uint8Array));
  assert.throws(
    () => encodeHeader({ streamId: 5, type: "request", flags: 0 }, LONGEST_PAYLOAD + 1),
    new TtrpcFrameError("write", "too-long", { streamId: 5, length: LONGEST_PAYLOAD + 1 }),
  );
});

test("a payload that is given back is written over by the next one, and a piece never is", () => {
  const reader = new FrameReader();
  const frame = (value: number) =>
    encodeFrame({ streamId: 1, type: "request", flags: 0, payload: new Uint8Array(100_000).fill(value) });
  const whole = frame(1);
  const [view] = Array.from(reader.read(whole));
  reader.reuse(view?.payload as Uint8Array);
  const read = (value: number) => readAll(reader, cut(frame(value), [70_000])).frames[0]?.payload;
  const second = read(2) as Uint8Array;
  assert.deepEqual([whole.at(-1), second[0]], [1, 2]);
  reader.reuse(second);
  const third = read(3) as Uint8Array;
  assert.equal(third.buffer, second.buffer);
  // It is given back once, and has one payload at a time.
  assert.notEqual(read(4)?.buffer, third.buffer);
  assert.deepEqual([third[0], third.length], [3, 100_000]);
});

test("what a header promises takes no memory before it comes", () => {
  const readers = Array.from({ length: 2000 }, () => new FrameReader());
  const promise = frameOf(1, 2, new Uint8Array([1]), LONGEST_PAYLOAD);
  const before = memoryUsage();
  for (const reader of readers) for (const _ of reader.read(promise)) assert.fail("nothing is whole");
  const after = memoryUsage();
  const grown = after.arrayBuffers + after.rss - before.arrayBuffers - before.rss;
  assert.ok(grown < 200 * 1024 * 1024, `${grown} bytes for 2000 promises of 4 MiB`);
  assert.equal(readers[0]?.keptBytes, 11);
});
