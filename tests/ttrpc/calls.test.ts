import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { setTimeout as sleep } from "node:timers/promises";
import { create, toBinary } from "@bufbuild/protobuf";
import { AgentService } from "../../ffi/agent/generated/agent_pb.ts";
import {
  CheckRequestSchema,
  Health,
  VersionCheckResponseSchema,
} from "../../ffi/agent/generated/health_pb.ts";
import { LONGEST_PAYLOAD } from "../../ffi/ttrpc/frame.ts";
import { responseFrame } from "../support/ttrpc/peer.ts";
import { ttrpcError, ttrpcTest } from "../support/ttrpc/served.ts";

const call = { service: "s", method: "m" };
const bytes = (...numbers: number[]) => new Uint8Array(numbers);

ttrpcTest("each call gets its own answer, in whatever order answers come", async ({ server, client }) => {
  const waiting: (() => void)[] = [];
  server.answer = ({ payload }, replies) => {
    waiting.push(() => replies.ok(payload));
    if (waiting.length === 100) for (const reply of waiting.reverse()) reply();
  };
  const done: number[] = [];
  const calls = Array.from({ length: 100 }, async (_, i) => {
    const answer = await client.call({ ...call, payload: bytes(i) });
    assert.deepEqual([...answer], [i]);
    done.push(i);
  });
  await Promise.all(calls);
  assert.deepEqual(
    done,
    Array.from({ length: 100 }, (_, i) => 99 - i),
  );
  assert.deepEqual(
    server.asked.map(({ streamId }) => streamId),
    Array.from({ length: 100 }, (_, i) => 2 * i + 1),
  );
});

ttrpcTest("ten thousand calls go out on one connection at once", async ({ server, client }) => {
  server.answer = ({ payload }, replies) => replies.ok(payload);
  const { signal } = new AbortController();
  const answers = await Promise.all(
    Array.from({ length: 10_000 }, (_, i) =>
      client.call({ ...call, payload: bytes(i >> 8, i & 255), ...(i % 10 === 0 && { signal }) }),
    ),
  );
  answers.forEach((answer, i) => {
    assert.deepEqual([...answer], [i >> 8, i & 255]);
  });
  assert.equal(server.accepted, 1);
});

ttrpcTest(
  "a signal has one listener while calls with it wait, and none after",
  async ({ server, client }) => {
    const { signal } = new AbortController();
    let listeners = 0;
    const { addEventListener, removeEventListener } = signal;
    Object.assign(signal, {
      addEventListener: (...args: Parameters<typeof addEventListener>) => {
        listeners += 1;
        addEventListener.apply(signal, args);
      },
      removeEventListener: (...args: Parameters<typeof removeEventListener>) => {
        listeners -= 1;
        removeEventListener.apply(signal, args);
      },
    });
    let most = 0;
    server.answer = ({ payload }, replies) => {
      most = Math.max(most, listeners);
      replies.ok(payload);
    };
    for (let round = 0; round < 2; round += 1)
      await Promise.all(
        Array.from({ length: 10 }, (_, i) => client.call({ ...call, payload: bytes(i), signal })),
      );
    assert.deepEqual([most, listeners], [1, 0]);
  },
);

ttrpcTest(
  "a status is an error with the peer's own words, and the connection stays",
  async ({ server, client }) => {
    for (const [code, name] of [
      [5, "NOT_FOUND"],
      [7, "PERMISSION_DENIED"],
      [12, "UNIMPLEMENTED"],
      [13, "INTERNAL"],
      [99, "99"],
      [-1, "-1"],
    ] as const) {
      server.answer = (_, replies) => replies.refuse(code, "CopyFile is\nblocked");
      const error = await ttrpcError(client.call(call));
      assert.deepEqual([error.trouble, error.status, error.code, error.sent], ["status", code, name, "all"]);
      assert.equal(error.message, `Cannot call "s/m": ${name} (CopyFile is blocked)`);
    }
    server.answer = (_, replies) => replies.refuse(13, "x".repeat(1_000_000));
    assert.equal((await ttrpcError(client.call(call))).reason.length, 2000);
    server.answer = (_, replies) => replies.refuse(13, "");
    assert.equal((await ttrpcError(client.call(call))).reason, "no explanation");
    assert.ok(client.isOpen);
  },
);

ttrpcTest("a response without any field is a success without bytes", async ({ server, client }) => {
  server.answer = ({ streamId }, replies) => replies.raw(Buffer.from([0, 0, 0, 0, 0, 0, 0, streamId, 2, 0]));
  assert.deepEqual([...(await client.call(call))], []);
});

ttrpcTest("a request that cannot be sent is refused, and others go on", async ({ server, client }) => {
  const refused = async (extra: object, code: string, reason: string): Promise<void> => {
    const error = await ttrpcError(client.call({ ...call, ...extra }));
    assert.deepEqual([error.trouble, error.code, error.sent], ["request", code, "nothing"]);
    assert.equal(error.reason, reason);
  };
  const payload = new Uint8Array(LONGEST_PAYLOAD);
  await refused(
    { payload },
    "RESOURCE_EXHAUSTED",
    "the request has 4194322 bytes, and a peer takes at most 4194304",
  );
  for (const timeoutMs of [0, -1, Number.NaN, 2 ** 31, Number.POSITIVE_INFINITY])
    await refused(
      { timeoutMs },
      "INVALID_ARGUMENT",
      `timeoutMs has to be a number of milliseconds from 1 to 2147483647, not ${timeoutMs}`,
    );

  const bytesOnly = "payload has to be a Uint8Array, or an array of them";
  for (const payload of ["text", [1], [bytes(1), "text"], new Uint16Array(1), new ArrayBuffer(1), {}, null])
    await refused({ payload }, "INVALID_ARGUMENT", bytesOnly);
  for (const name of ["service", "method"])
    await refused({ [name]: undefined }, "INVALID_ARGUMENT", "service and method have to be texts");

  const longest = payload.subarray(0, LONGEST_PAYLOAD - 18);
  server.answer = (asked, replies) => replies.ok(bytes(asked.frame.length === 10 + LONGEST_PAYLOAD ? 1 : 0));
  assert.deepEqual([...(await client.call({ ...call, payload: longest }))], [1]);
});

ttrpcTest("words go along", async ({ server, client }) => {
  await client.call({ ...call, metadata: { "containerd-namespace-ttrpc": "k8s.io" } });
  assert.deepEqual(server.asked[0]?.metadata, { "containerd-namespace-ttrpc": "k8s.io" });
});

ttrpcTest("a method is called by its description", async ({ server, client }) => {
  const version = create(VersionCheckResponseSchema, { agentVersion: "3.1.0", grpcVersion: "0.0.1" });
  server.answer = ({ method }, replies) =>
    replies.ok(method === "Version" ? toBinary(VersionCheckResponseSchema, version) : bytes(8, 1));
  const answer = await client.invoke(Health.method.version, { service: "x" });
  assert.deepEqual([answer.agentVersion, answer.grpcVersion], ["3.1.0", "0.0.1"]);
  const [asked] = server.asked;
  assert.equal(`${asked?.service}/${asked?.method}`, "grpc.Health/Version");
  assert.deepEqual(
    new Uint8Array(asked?.payload ?? []),
    toBinary(CheckRequestSchema, create(CheckRequestSchema, { service: "x" })),
  );

  server.answer = (_, replies) => replies.ok(bytes(10, 200));
  const garbled = await ttrpcError(client.invoke(Health.method.version, {}));
  assert.deepEqual([garbled.trouble, garbled.code], ["protocol", "INTERNAL"]);
  assert.match(garbled.reason, /^the answer is no grpc\.VersionCheckResponse: /);
  assert.ok(client.isOpen);
  const wrong = await ttrpcError(client.invoke(AgentService.method.copyFile, { uid: 2 ** 40 }));
  assert.deepEqual([wrong.trouble, wrong.code, wrong.sent], ["request", "INVALID_ARGUMENT", "nothing"]);
});

ttrpcTest("an answer that comes in many pieces is one answer", async ({ server, client }) => {
  const payload = new Uint8Array(300_000).fill(9);
  server.answer = async ({ streamId }, { socket }) => {
    const frame = responseFrame(streamId, payload);
    for (const at of [0, 5, 11, 100_000, 299_999]) {
      const next = { 0: 5, 5: 11, 11: 100_000, 100000: 299_999, 299999: frame.length }[at];
      socket.write(frame.subarray(at, next));
      await sleep(5);
    }
  };
  assert.ok(Buffer.from(payload).equals(await client.call(call)));
});
