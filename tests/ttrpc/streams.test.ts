import assert from "node:assert/strict";
import test from "node:test";
import { Streams, UnexpectedReply } from "../../ffi/ttrpc/streams.ts";

const someCall = () => ({});

const openMany = (streams: Streams<unknown>, count: number) =>
  Array.from({ length: count }, () => streams.open(someCall()));

test("streams are odd, and begin again after 2^31-1", () => {
  assert.deepEqual(openMany(new Streams(), 4), [1, 3, 5, 7]);
  const last = 2 ** 31 - 1;
  assert.deepEqual(openMany(new Streams({ firstId: last - 2 }), 4), [last - 2, last, 1, 3]);
});

test("a stream that is in use is not opened again", () => {
  const streams = new Streams({ lastId: 9 });
  assert.deepEqual(openMany(streams, 4), [1, 3, 5, 7]);
  streams.answered(1);
  streams.answered(5);
  streams.giveUp(3);
  // 3 was given up, 7 is open.
  assert.deepEqual(openMany(streams, 3), [9, 1, 5]);
  streams.answered(3);
  assert.equal(streams.open(someCall()), 3);
});

test("a reply to nothing is refused by what it is", () => {
  const streams = new Streams({ lastId: 5 });
  const first = someCall();
  assert.equal(streams.open(first), 1);
  assert.equal(streams.answered(1), first);
  for (const [id, message] of [
    [1, "a second reply came on stream 1"],
    [2, "a reply came on stream 2, and a client's are odd"],
    [3, "a reply came on stream 3, on which nothing was asked"],
  ] as const)
    assert.throws(() => streams.answered(id), new UnexpectedReply(message));
});

test("a call that was given up is answered once, unheard", () => {
  const streams = new Streams();
  streams.giveUp(streams.open(someCall()));
  assert.equal(streams.givenUp, 1);
  assert.equal(streams.answered(1), undefined);
  assert.equal(streams.givenUp, 0);
  assert.throws(() => streams.answered(1), UnexpectedReply);
});
