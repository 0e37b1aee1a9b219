import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { LONGEST_PAYLOAD } from "../../ffi/ttrpc/frame.ts";
import { copyTest, shareDir } from "../support/copy/place.ts";
import { frameOf } from "../support/ttrpc/peer.ts";
import { callOf, copyFrame, RawClient } from "../support/ttrpc/raw-client.ts";
import { settled, until } from "../support/ttrpc/served.ts";

const none = new Uint8Array();
const [INVALID_ARGUMENT, UNIMPLEMENTED, INTERNAL] = [3, 12, 13];
const copyFile = (payload: Uint8Array) => frameOf(1, 1, callOf("CopyFile", payload));

interface Row {
  readonly what: string;
  readonly bytes: Uint8Array;
  /** On which stream what is answered; undefined where the client is cut off. */
  readonly answer?: readonly [streamId: number, code: number, message: string | RegExp];
}

const rows: readonly Row[] = [
  // # behind these no frame can be found
  { what: "HTTP", bytes: Buffer.from("GET / HTTP/1.1\r\nHost: guest\r\n\r\n") },
  { what: "zeros", bytes: new Uint8Array(10) },
  { what: "a type that nobody knows", bytes: frameOf(1, 9, none) },
  { what: "a frame of 4 MiB and a byte", bytes: frameOf(1, 1, none, LONGEST_PAYLOAD + 1) },
  { what: "a frame of 2^32-1 bytes", bytes: frameOf(1, 1, none, 2 ** 32 - 1) },
  // # what is in these can be answered
  { what: "an even stream", bytes: frameOf(2, 1, none), answer: [2, INVALID_ARGUMENT, /odd/] },
  { what: "data of no stream", bytes: frameOf(3, 3, none), answer: [3, INVALID_ARGUMENT, /not open/] },
  { what: "a response", bytes: frameOf(3, 2, none), answer: [3, INVALID_ARGUMENT, /not open/] },
  { what: "no service", bytes: frameOf(1, 1, none), answer: [1, INVALID_ARGUMENT, "there is no service"] },
  {
    what: "bytes that are no request",
    bytes: frameOf(1, 1, new Uint8Array([10, 255])),
    answer: [1, INVALID_ARGUMENT, /^no message: /],
  },
  {
    what: "groups without an end",
    bytes: frameOf(1, 1, new Uint8Array(1_000_000).fill(0x0b)),
    answer: [1, INVALID_ARGUMENT, /^no message: /],
  },
  {
    what: "another service, with a long name",
    bytes: frameOf(1, 1, callOf("Check", none, "x".repeat(3_000_000))),
    answer: [1, INVALID_ARGUMENT, /^there is no service x{1900,2000}…$/],
  },
  {
    what: "another method",
    bytes: frameOf(1, 1, callOf("CreateSandbox", none)),
    answer: [1, UNIMPLEMENTED, "CreateSandbox is not implemented"],
  },
  {
    what: "bytes that are no CopyFile request",
    bytes: copyFile(new Uint8Array([10, 255])),
    answer: [1, INVALID_ARGUMENT, /^no message: /],
  },
  {
    what: "a path that is not UTF-8",
    bytes: copyFile(new Uint8Array([10, 2, 0x2f, 0xff])),
    answer: [1, INVALID_ARGUMENT, /^no message: /],
  },
  { what: "an empty CopyFile request", bytes: copyFile(none), answer: [1, INTERNAL, /not below/] },
  {
    what: "2,000,000 fields that nobody knows",
    bytes: copyFile(new Uint8Array(4_000_000).fill(0).map((_, i) => (i % 2 === 0 ? 0x4a : 0))),
    answer: [1, INTERNAL, /not below/],
  },
  {
    what: "2,000,000 pieces of metadata",
    bytes: frameOf(
      1,
      1,
      new Uint8Array(4_000_000).map((_, i) => (i % 2 === 0 ? 0x2a : 0)),
    ),
    answer: [1, INVALID_ARGUMENT, "there is no service"],
  },
  ...[-1, -(2n ** 63n), 2n ** 63n - 1n].map(
    (offset): Row => ({
      what: `an offset of ${offset}`,
      bytes: copyFrame(1, { path: `${shareDir}/f`, data: new Uint8Array(1), offset: offset as number }),
      answer: [1, INTERNAL, /^E[A-Z]+: /],
    }),
  ),
];

for (const { what, bytes, answer } of rows)
  copyTest(`a guest that is sent ${what} ${answer ? "says so" : "cuts the client off"}`, (place) =>
    place.with({}, async (agent, guest) => {
      const client = await RawClient.of(guest.address);
      client.send(bytes);
      if (answer) {
        const [streamId, code, message] = answer;
        const given = await client.answer(streamId);
        assert.equal(given.code, code, given.message);
        if (typeof message === "string") assert.equal(given.message, message);
        else assert.match(given.message, message);
      } else await until(() => client.isClosed);
      // The others are served as before.
      await agent.copyFile({
        ...{ path: `${shareDir}/after`, data: Buffer.from("x"), fileSize: 1, offset: 0 },
        ...{ fileMode: 0o100644, dirMode: 0o750, uid: 0, gid: 0 },
      });
      assert.equal(readFileSync(place.arrived("after"), "utf8"), "x");
      client.socket.destroy();
    }),
  );

copyTest("a client that goes away at any byte of a request leaves a guest that serves", (place) =>
  place.with({}, async (_, guest) => {
    const frame = copyFrame(1, { path: `${shareDir}/f`, data: Buffer.from("x") });
    for (let length = 0; length < frame.length; length += 1) {
      const client = await RawClient.of(guest.address);
      client.send(frame.subarray(0, length));
      client.socket.end();
      await until(() => client.isClosed);
    }
    assert.deepEqual([guest.requests, existsSync(place.arrived("f"))], [0, false]);
    const client = await RawClient.of(guest.address);
    client.send(frame);
    assert.equal((await client.answer(1)).code, 0);
    client.socket.destroy();
  }),
);

copyTest("a client that never reads its answers is not read from, until it does", (place) =>
  place.with({}, async (_, guest) => {
    const client = await RawClient.of(guest.address);
    client.socket.pause();
    const path = `/${"outside".repeat(500)}`; // the answer is as long as answers get
    const all = 5000;
    for (let i = 0; i < all; i += 1) client.send(copyFrame(2 * i + 1, { path }));
    const then = await settled(() => guest.requests);
    await sleep(300);
    assert.equal(guest.requests, then);
    assert.ok(then > 0 && then < all / 4, `${then} were worked on`);
    client.socket.resume();
    await until(() => client.answers.length === all);
    client.socket.destroy();
  }),
);

copyTest("a client is not read from while so many of its requests are open", async (place) => {
  let goOn = () => {};
  const waiting = new Promise<undefined>((resolve) => {
    goOn = () => resolve(undefined);
  });
  await place.with({ onRequest: () => waiting }, async (_, guest) => {
    const client = await RawClient.of(guest.address);
    const data = new Uint8Array(1024 * 1024);
    const all = 100;
    for (let i = 0; i < all; i += 1) client.send(copyFrame(2 * i + 1, { path: `${shareDir}/f${i}`, data }));
    await until(() => guest.requests >= 64);
    await sleep(100);
    assert.ok(guest.requests <= 66, `${guest.requests} are open`);
    goOn();
    await until(() => client.answers.length === all);
    assert.equal(readdirSync(place.guestDirectory).length, all);
    client.socket.destroy();
  });
});

copyTest("what onRequest refuses with or throws is the answer", async (place) => {
  const gives = [
    { code: 7, message: "by policy" },
    { code: 0, message: "" }, // as if it were done
    { code: 17, message: "no code" },
    { code: 1.5, message: "no code" },
  ];
  const onRequest = async (_: unknown, index: number) => {
    if (index === gives.length) throw new Error("out of order");
    return gives[index];
  };
  await place.with({ onRequest }, async (_, guest) => {
    const client = await RawClient.of(guest.address);
    for (let i = 0; i <= gives.length; i += 1)
      client.send(copyFrame(2 * i + 1, { path: `${shareDir}/f${i}` }));
    const answers: [number, string][] = [];
    for (let i = 0; i <= gives.length; i += 1) {
      const { code, message } = await client.answer(2 * i + 1);
      answers.push([code, message]);
    }
    assert.deepEqual(answers, [
      [7, "by policy"],
      [0, ""],
      [INTERNAL, "onRequest refused with code 17, and gRPC's are from 0 to 16"],
      [INTERNAL, "onRequest refused with code 1.5, and gRPC's are from 0 to 16"],
      [INTERNAL, "out of order"],
    ]);
    assert.deepEqual(readdirSync(join(place.guestDirectory)), []);
    client.socket.destroy();
  });
});
