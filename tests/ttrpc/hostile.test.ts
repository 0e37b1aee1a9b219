import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { LONGEST_PAYLOAD } from "../../ffi/ttrpc/frame.ts";
import { type Asked, frameOf, type Replies, refusalFrame, responseFrame } from "../support/ttrpc/peer.ts";
import { serving, socketTest, ttrpcError, ttrpcTest, until } from "../support/ttrpc/served.ts";

const none = new Uint8Array();

interface Row {
  readonly name: string;
  /** What the server says to the second of two calls. */
  readonly answer: (asked: Asked, replies: Replies) => void;
  readonly reason: string | RegExp;
  readonly trouble?: string;
}

const breach = "the peer broke the protocol: ";

const rows: readonly Row[] = [
  // # it goes away
  {
    name: "a closed connection",
    answer: (_, { close }) => close(),
    reason: "the peer closed the connection",
    trouble: "connection",
  },
  {
    name: "a connection that is reset",
    answer: (_, { socket }) => void socket.destroy(),
    reason: /^the peer (?:closed the connection|broke the connection: E\w+)$/,
    trouble: "connection",
  },
  {
    name: "half a header, and closed",
    answer: (_, { raw, close }) => [raw(Buffer.alloc(5)), close()],
    reason:
      "the peer closed the connection in the middle of a frame, torn after 5 of the 10 bytes of its header",
    trouble: "connection",
  },
  {
    name: "half a payload, and closed",
    answer: ({ streamId }, { raw, close }) => [raw(frameOf(streamId, 2, none, 7)), close()],
    reason:
      "the peer closed the connection in the middle of a frame, torn after 0 of the 7 bytes of its payload",
    trouble: "connection",
  },
  // # it says nothing more
  { name: "silence", answer: () => {}, reason: "no answer within 300 ms", trouble: "deadline" },
  {
    name: "half a header, and silence",
    answer: (_, { raw }) => raw(Buffer.alloc(5)),
    reason: "no answer within 300 ms",
    trouble: "deadline",
  },
  {
    name: "half a payload, and silence",
    answer: ({ streamId }, { raw }) => raw(frameOf(streamId, 2, none, LONGEST_PAYLOAD)),
    reason: "no answer within 300 ms",
    trouble: "deadline",
  },
  // # what it says cannot be
  {
    name: "an even stream",
    answer: (_, { raw }) => raw(responseFrame(2)),
    reason: `${breach}a reply came on stream 2, and a client's are odd`,
  },
  {
    name: "stream 0",
    answer: (_, { raw }) => raw(responseFrame(0)),
    reason: `${breach}a reply came on stream 0, and a client's are odd`,
  },
  {
    name: "a stream of no call",
    answer: (_, { raw }) => raw(responseFrame(7)),
    reason: `${breach}a reply came on stream 7, on which nothing was asked`,
  },
  {
    name: "the highest stream",
    answer: (_, { raw }) => raw(responseFrame(2 ** 32 - 1)),
    reason: `${breach}a reply came on stream 4294967295, on which nothing was asked`,
  },
  {
    name: "two replies to one call",
    answer: (_, { raw }) => raw(refusalFrame(1, 5, ""), responseFrame(1)),
    reason: `${breach}a second reply came on stream 1`,
  },
  {
    name: "a type that nobody knows",
    answer: ({ streamId }, { raw }) => raw(frameOf(streamId, 9, none)),
    reason: `${breach}a frame of stream 3 is wrong: its type is 9, and not request (1), response (2), or data (3)`,
  },
  {
    name: "a request",
    answer: ({ streamId }, { raw }) => raw(frameOf(streamId, 1, none)),
    reason: `${breach}a request frame came on stream 3, where only a response can`,
  },
  {
    name: "data",
    answer: ({ streamId }, { raw }) => raw(frameOf(streamId, 3, none)),
    reason: `${breach}a data frame came on stream 3, where only a response can`,
  },
  {
    name: "a payload of 4 MiB and a byte",
    answer: ({ streamId }, { raw }) => raw(frameOf(streamId, 2, none, LONGEST_PAYLOAD + 1)),
    reason: `${breach}a frame of stream 3 is wrong: its payload has 4194305 bytes, more than 4194304`,
  },
  {
    name: "a payload of 2^32-1 bytes",
    answer: ({ streamId }, { raw }) => raw(frameOf(streamId, 2, none, 2 ** 32 - 1)),
    reason: `${breach}a frame of stream 3 is wrong: its payload has 4294967295 bytes, more than 4194304`,
  },
  {
    name: "a response that is none",
    answer: ({ streamId }, { raw }) => raw(frameOf(streamId, 2, new Uint8Array([10, 255]))),
    reason: `${breach}the response on stream 3 is no message of its type`,
  },
  {
    name: "HTTP",
    answer: (_, { raw }) => raw(Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n")),
    reason: `${breach}a frame of stream 791752241 is wrong: its payload has 1213486160 bytes, more than 4194304`,
  },
];

for (const { name, answer, reason, trouble = "protocol" } of rows) {
  ttrpcTest(
    `a peer that answers with ${name} fails all calls in time`,
    async ({ server, client }) => {
      server.answer = (asked, replies) => {
        if (asked.streamId === 3) answer(asked, replies);
      };
      const errors = await Promise.all(
        [1, 2].map(() => ttrpcError(client.call({ service: "s", method: "m" }))),
      );
      // The first of two replies to one call is its answer.
      for (const error of errors.filter(({ trouble }) => trouble !== "status")) {
        if (typeof reason === "string") assert.equal(error.reason, reason);
        else assert.match(error.reason, reason);
        assert.equal(error.trouble, trouble);
        assert.equal(
          error.code,
          { protocol: "INTERNAL", connection: "UNAVAILABLE", deadline: "DEADLINE_EXCEEDED" }[trouble],
        );
      }
      assert.equal(client.isOpen, trouble === "deadline");
      if (trouble === "deadline") return;
      const next = await ttrpcError(client.call({ service: "s", method: "m" }));
      assert.deepEqual([next.sent, next.trouble], ["nothing", trouble]);
    },
    // Who waits where nothing is to be waited for waits for ten minutes.
    { timeoutMs: trouble === "deadline" ? 300 : 600_000 },
  );
}

ttrpcTest(
  "a connection that ends while no call is open is known to have ended",
  async ({ server, client }) => {
    await client.call({ service: "s", method: "m" });
    server.answer = () => {};
    await server.end();
    await until(() => !client.isOpen);
    const error = await ttrpcError(client.call({ service: "s", method: "m" }));
    assert.deepEqual([error.reason, error.sent], ["the peer closed the connection", "nothing"]);
  },
);

socketTest(
  "a connection that breaks at any byte of a reply fails the call, or the call is answered",
  async (directory) => {
    const reply = refusalFrame(1, 5, "no such file");
    for (let length = 0; length <= reply.length; length += 1) {
      await serving(directory, async ({ server, client }) => {
        server.answer = (_, { raw, close }) => [raw(reply.subarray(0, length)), close()];
        const error = await ttrpcError(client.call({ service: "s", method: "m" }));
        assert.equal(error.trouble, length < reply.length ? "connection" : "status");
        if (length > 0 && length < reply.length)
          assert.match(error.reason, /in the middle of a frame, torn after \d+ of/);
      });
    }
  },
);
