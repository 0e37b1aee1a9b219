import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import test from "node:test";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import type { CopyFileRequest } from "../../ffi/agent/agent.ts";
import { copyFileParts } from "../../ffi/agent/copy-file-message.ts";
import { CopyFileRequestSchema } from "../../ffi/agent/generated/volume_pb.ts";
import { storageMessage } from "../../ffi/agent/storage.ts";
import { TtrpcAgent } from "../../ffi/agent/ttrpc-agent.ts";
import { RequestSchema } from "../../ffi/ttrpc/generated/ttrpc_pb.ts";
import { requestFrame, requestParts } from "../../ffi/ttrpc/request.ts";
import { unicodeText } from "../support/arbitrary/texts.ts";
import { hexOf, ttrpcTest } from "../support/ttrpc/served.ts";

// What Kata's own clients send, written down from them.

const path = "/run/kata-containers/shared/containers/c-0011223344556677-hosts";
const hello: CopyFileRequest = {
  ...{ path, fileSize: 5, fileMode: 0o100644, dirMode: 0x800001e8, uid: 0, gid: 0, offset: 0 },
  data: new TextEncoder().encode("hello"),
};
const pathHex = hexOf(new TextEncoder().encode(path));
const message = `0a3f${pathHex}100518a4830220e883808008420568656c6c6f`;
const request = `0a11${hexOf(new TextEncoder().encode("grpc.AgentService"))}1208436f707946696c651a54${message}2080b09dc2df01`;

ttrpcTest("a copied file is on the wire as Kata writes it, byte for byte", async ({ server, client }) => {
  await new TtrpcAgent(client).copyFile(hello, { timeoutMs: 60_000 });
  const [asked] = server.asked;
  assert.ok(asked);
  assert.equal(asked.payload.length, 84);
  assert.equal(hexOf(asked.payload), message);
  assert.equal(asked.frame.length, 10 + 122);
  assert.equal(hexOf(asked.frame), `0000007a000000010100${request}`);
});

test("parts say the same as a whole message", () => {
  for (const data of [new Uint8Array(), new Uint8Array([0]), new Uint8Array(300), new Uint8Array(70_000)]) {
    const file = { ...hello, uid: 1000, gid: 7, offset: 2 ** 40, fileSize: 2 ** 53 - 1, data };
    const whole = toBinary(
      CopyFileRequestSchema,
      create(CopyFileRequestSchema, { ...file, offset: 2n ** 40n, fileSize: 2n ** 53n - 1n }),
    );
    assert.equal(hexOf(Buffer.concat(copyFileParts(file))), hexOf(whole));

    const call = { service: "s", method: "m", payload: copyFileParts(file), metadata: { a: "b" } };
    const parts = requestParts(call, 1);
    const envelope = create(RequestSchema, {
      ...{ service: "s", method: "m", payload: whole, timeoutNano: 1_000_000n },
      metadata: [{ key: "a", value: "b" }],
    });
    assert.equal(hexOf(Buffer.concat(parts)), hexOf(toBinary(RequestSchema, envelope)));
  }
});

test("any request is on the wire as protobuf-es writes it", () => {
  const u32 = fc.oneof(
    fc.constantFrom(0, 127, 128, 2 ** 31, 2 ** 32 - 1),
    fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  );
  const size = fc.oneof(fc.constantFrom(0, 2 ** 32 - 1, 2 ** 32, 2 ** 35), fc.maxSafeNat());
  const file = fc.record({
    ...{ path: unicodeText({ maxLength: 3000 }), data: fc.uint8Array({ maxLength: 20 }) },
    ...{ fileSize: size, offset: size, fileMode: u32, dirMode: u32, uid: u32, gid: u32 },
  });
  fc.assert(
    fc.property(file, (request) => {
      const { fileSize, offset, uid, gid } = request;
      const message = { fileSize: BigInt(fileSize), offset: BigInt(offset), uid: uid | 0, gid: gid | 0 };
      const whole = create(CopyFileRequestSchema, { ...request, ...message });
      assert.equal(
        hexOf(Buffer.concat(copyFileParts(request))),
        hexOf(toBinary(CopyFileRequestSchema, whole)),
      );
    }),
  );
});

test("a file's data is not copied on its way to the socket", () => {
  const parts = copyFileParts(hello);
  const frame = requestFrame(1, requestParts({ service: "s", method: "m", payload: parts }, 1));
  assert.ok(frame.includes(hello.data), "the array itself is among what is written");
});

test("ids above 2^31-1 go as negative numbers, as the agent reads them", () => {
  const encoded = Buffer.concat(
    copyFileParts({ ...hello, uid: 2 ** 32 - 1, gid: 2 ** 31, data: new Uint8Array() }),
  );
  const { uid, gid } = fromBinary(CopyFileRequestSchema, encoded);
  assert.deepEqual([uid, gid], [-1, -(2 ** 31)]);
  assert.deepEqual([uid >>> 0, gid >>> 0], [2 ** 32 - 1, 2 ** 31]);
  assert.ok(hexOf(encoded).includes("28ffffffffffffffffff013080808080f8ffffffff01"));
});

test("a storage is the agent's message", () => {
  const storage = {
    ...{ driver: "d", driverOptions: ["a", ""], source: "s", fstype: "f", options: ["ro"], mountPoint: "m" },
    fsGroup: { groupId: 1000, groupChangePolicy: "OnRootMismatch" },
  } as const;
  assert.equal(
    hexOf(storageMessage(storage)),
    "0a0164120161" + "1200" + "1a0173" + "220166" + "2a02726f" + "32016d" + "3a0510e8071801",
  );
  const always = { ...storage, fsGroup: { groupId: 0, groupChangePolicy: "Always" } } as const;
  assert.ok(hexOf(storageMessage(always)).endsWith("32016d3a00"));
  const { fsGroup: _, ...without } = storage;
  assert.ok(hexOf(storageMessage(without)).endsWith("32016d"));
  assert.ok(hexOf(storageMessage({ ...without, shared: true })).endsWith("32016d4001"));
});
