import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { Health } from "../../ffi/agent/generated/health_pb.ts";
import { LONGEST_PAYLOAD } from "../../ffi/ttrpc/frame.ts";
import type { TtrpcServer } from "../../ffi/ttrpc/server.ts";
import { frameOf } from "../support/ttrpc/peer.ts";
import { until } from "../support/ttrpc/served.ts";
import { callFrame, serverTest } from "../support/ttrpc/server-place.ts";

const none = new Uint8Array();
const [OK, INVALID_ARGUMENT, RESOURCE_EXHAUSTED, UNIMPLEMENTED] = [0, 3, 8, 12];
/** Metadata that takes little of a frame and much in memory: empty pairs, and pairs of their own. */
const emptyPairs = new Uint8Array(4_000_000).map((_, i) => (i % 2 === 0 ? 0x2a : 0));
const manyPairs = Array.from({ length: 1025 }, (_, i) => ({ key: String(i), value: "" }));

const withFlags = (frame: Buffer, flags: number) => {
  frame.writeUInt8(flags, 9);
  return frame;
};
const waits = new Promise<never>(() => {});

function serve(server: TtrpcServer, calls: { begun: number; aborted: number }): void {
  server.register(Health, {
    // It reads all that can be read of its call.
    check: (_, { metadata }) => ({ status: metadata.size > 0 ? 2 : 1 }),
    version(_, { signal }) {
      calls.begun += 1;
      signal.addEventListener("abort", () => {
        calls.aborted += 1;
      });
      return waits;
    },
  });
}

interface Row {
  readonly what: string;
  /** They come behind a call on stream 1 that is never answered. */
  readonly bytes: Uint8Array;
  /** On which stream what is answered; undefined if the client is disconnected. */
  readonly answer?: readonly [streamId: number, code: number, message: string | RegExp];
}

const rows: readonly Row[] = [
  // # no frame can be found behind these
  { what: "HTTP", bytes: Buffer.from("GET / HTTP/1.1\r\nHost: server\r\n\r\n") },
  { what: "zeros", bytes: new Uint8Array(10) },
  { what: "an unknown type", bytes: frameOf(3, 9, none) },
  { what: "a frame of 4 MiB and a byte", bytes: frameOf(3, 1, none, LONGEST_PAYLOAD + 1) },
  { what: "a frame of 2^32-1 bytes", bytes: frameOf(3, 1, none, 2 ** 32 - 1) },
  // # an answer to these could be taken for the answer of the open call
  { what: "a request on a stream that is open", bytes: callFrame(1, "Check") },
  { what: "data on a stream that is open", bytes: frameOf(1, 3, none) },
  { what: "a response on a stream that is open", bytes: frameOf(1, 2, none) },
  // # these are refused
  { what: "stream 0", bytes: callFrame(0, "Check"), answer: [0, INVALID_ARGUMENT, /odd/] },
  { what: "an even stream", bytes: callFrame(2, "Check"), answer: [2, INVALID_ARGUMENT, /odd/] },
  { what: "data of no stream", bytes: frameOf(3, 3, none), answer: [3, INVALID_ARGUMENT, /not open/] },
  { what: "a response of no stream", bytes: frameOf(3, 2, none), answer: [3, INVALID_ARGUMENT, /not open/] },
  { what: "no service", bytes: frameOf(3, 1, none), answer: [3, UNIMPLEMENTED, "there is no service"] },
  {
    what: "a request that is none",
    bytes: frameOf(3, 1, new Uint8Array([10, 255])),
    answer: [3, INVALID_ARGUMENT, /^no message: /],
  },
  {
    what: "groups without an end",
    bytes: frameOf(3, 1, new Uint8Array(1_000_000).fill(0x0b)),
    answer: [3, INVALID_ARGUMENT, /^no message: /],
  },
  {
    what: "a service that is no UTF-8",
    bytes: frameOf(3, 1, new Uint8Array([10, 1, 0xff])),
    answer: [3, INVALID_ARGUMENT, /^no message: /],
  },
  {
    what: "a service that is a number",
    bytes: frameOf(3, 1, new Uint8Array([8, 7])),
    answer: [3, UNIMPLEMENTED, "there is no service"],
  },
  {
    what: "a service with a long name",
    bytes: callFrame(3, "Check", { service: "x".repeat(3_000_000) }),
    answer: [3, UNIMPLEMENTED, /^there is no service x{1900,2000}…$/],
  },
  {
    what: "a payload that is no message of its method",
    bytes: callFrame(3, "Check", { payload: new Uint8Array([10, 255]) }),
    answer: [3, INVALID_ARGUMENT, /^no message: /],
  },
  {
    what: "a payload of 2,000,000 unknown fields",
    bytes: callFrame(3, "Check", {
      payload: new Uint8Array(4_000_000).map((_, i) => (i % 2 === 0 ? 0x4a : 0)),
    }),
    answer: [3, OK, ""],
  },
  {
    what: "2,000,000 pairs of metadata and no service",
    bytes: frameOf(3, 1, emptyPairs),
    answer: [3, UNIMPLEMENTED, "there is no service"],
  },
  {
    what: "1,025 pairs of metadata",
    bytes: callFrame(3, "Check", { metadata: manyPairs }),
    answer: [3, RESOURCE_EXHAUSTED, "there are more than 1024 pairs of metadata"],
  },
  {
    what: "a stream's first request",
    bytes: withFlags(callFrame(3, "Check"), 2),
    answer: [3, UNIMPLEMENTED, "streams are not supported"],
  },
  { what: "a request that ends its side", bytes: withFlags(callFrame(3, "Check"), 1), answer: [3, OK, ""] },
  { what: "a flag that nobody knows", bytes: withFlags(callFrame(3, "Check"), 128), answer: [3, OK, ""] },
  { what: "the highest stream", bytes: callFrame(2 ** 32 - 1, "Check"), answer: [2 ** 32 - 1, OK, ""] },
];

for (const { what, bytes, answer } of rows) {
  serverTest(
    `a server that is sent ${what} ${answer ? "answers" : "disconnects the client"}`,
    async (place) => {
      const { server, client, raw } = place;
      const calls = { begun: 0, aborted: 0 };
      serve(server, calls);
      const hostile = await raw();
      hostile.send(callFrame(1, "Version"));
      await until(() => calls.begun === 1);
      hostile.send(bytes);
      if (answer) {
        const [streamId, code, message] = answer;
        const given = await hostile.answer(streamId);
        assert.equal(given.code, code, given.message);
        if (typeof message === "string") assert.equal(given.message, message);
        else assert.match(given.message, message);
      } else {
        await until(() => hostile.isClosed && calls.aborted === 1);
        assert.deepEqual(hostile.answers, []);
      }
      // The other clients are served as before.
      assert.equal((await client.invoke(Health.method.check, {})).status, 1);
    },
  );
}

serverTest("a client that goes away at any byte of a request leaves a server that serves", async (place) => {
  const { server, client, raw } = place;
  serve(server, { begun: 0, aborted: 0 });
  const frame = callFrame(1, "Check", { payload: new Uint8Array([10, 1, 65]) });
  for (let length = 0; length < frame.length; length += 1) {
    const gone = await raw();
    gone.send(frame.subarray(0, length));
    gone.socket.end();
    await until(() => gone.isClosed);
    assert.deepEqual(gone.answers, []);
  }
  await until(() => server.connections === 1);
  assert.equal((await client.invoke(Health.method.check, {})).status, 1);
});

serverTest("frames are read in whatever pieces they come", async ({ server, raw }) => {
  serve(server, { begun: 0, aborted: 0 });
  const one = await raw();
  const frames = Buffer.concat([1, 3, 5].map((streamId) => callFrame(streamId, "Check")));
  for (const byte of frames) {
    one.send(new Uint8Array([byte]));
    await new Promise((resolve) => setImmediate(resolve));
  }
  for (const streamId of [1, 3, 5]) assert.equal((await one.answer(streamId)).code, 0);
});

serverTest("a stream may be used again once it is answered, in any order", async ({ server, raw }) => {
  serve(server, { begun: 0, aborted: 0 });
  const one = await raw();
  for (const [i, streamId] of [7, 3, 7, 2 ** 31 - 1, 1, 7].entries()) {
    one.send(callFrame(streamId, "Check"));
    await until(() => one.answers.length === i + 1);
    assert.deepEqual(one.answers[i], { streamId, code: 0, message: "" });
  }
});
