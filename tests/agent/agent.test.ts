import assert from "node:assert/strict";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import type { Agent } from "../../ffi/agent/agent.ts";
import { AgentError } from "../../ffi/agent/agent-error.ts";
import {
  HealthCheckResponseSchema,
  VersionCheckResponseSchema,
} from "../../ffi/agent/generated/health_pb.ts";
import { CopyFileRequestSchema } from "../../ffi/agent/generated/volume_pb.ts";
import { connectAgent, TtrpcAgent } from "../../ffi/agent/ttrpc-agent.ts";
import { rejection } from "../support/errors.ts";
import { ttrpcTest } from "../support/ttrpc/served.ts";

const file = {
  ...{ path: "/c1/a", fileSize: 5, fileMode: 0o100644, dirMode: 0o750, uid: 0, gid: 0, offset: 0 },
  data: new Uint8Array([1, 2, 3, 4, 5]),
};

/** The AgentError that a call ends with. */
async function agentError(call: Promise<unknown>): Promise<AgentError> {
  const error = await rejection(call);
  assert.ok(error instanceof AgentError, String(error));
  return error;
}

ttrpcTest("the agent gets each field of a file", async ({ server, client }) => {
  const agent: Agent = new TtrpcAgent(client);
  const whole = { ...file, fileSize: 2 ** 53 - 1, offset: 2 ** 40, uid: 2 ** 32 - 2, gid: 1000 };
  await agent.copyFile(whole);
  const [asked] = server.asked;
  assert.equal(`${asked?.service}/${asked?.method}`, "grpc.AgentService/CopyFile");
  const { $typeName: _, ...fields } = fromBinary(CopyFileRequestSchema, asked?.payload ?? new Uint8Array());
  assert.deepEqual(
    { ...fields, data: [...fields.data] },
    { ...whole, fileSize: 2n ** 53n - 1n, offset: 2n ** 40n, uid: -2, data: [1, 2, 3, 4, 5] },
  );
});

ttrpcTest("an agent tells when its connection is over", async ({ client }) => {
  const agent = new TtrpcAgent(client);
  await agent.close();
  const error = await agent.ended;
  assert.ok(error instanceof AgentError);
  assert.equal(error.message, "Cannot copy to the guest: UNAVAILABLE (the client was closed)");
});

ttrpcTest("a refusal of the agent names the file", async ({ server, client }) => {
  const agent = new TtrpcAgent(client);
  server.answer = (_, replies) => replies.refuse(13, "ENOSPC: No space left on device");
  const error = await agentError(agent.copyFile(file));
  assert.equal(
    error.message,
    'Cannot copy to "/c1/a" in the guest: INTERNAL (ENOSPC: No space left on device)',
  );
  const { request, path, trouble, status, code, reason, sent } = error;
  assert.deepEqual(
    { request, path, trouble, status, code, reason, sent },
    {
      ...{ request: "copyFile", path: "/c1/a", trouble: "status", status: 13, code: "INTERNAL" },
      ...{ reason: "ENOSPC: No space left on device", sent: "all" },
    },
  );
});

ttrpcTest("a refusal is told without the agent's backtrace", async ({ server, client }) => {
  const agent = new TtrpcAgent(client);
  server.answer = (_, replies) =>
    replies.refuse(13, "create_file\n\nCaused by:\n    EIO\n\nStack backtrace:\n   0: kata_agent::rpc");
  const { reason, cause } = await agentError(agent.copyFile(file));
  assert.equal(reason, "create_file Caused by:     EIO");
  assert.match((cause as Error).message, /Stack backtrace: {4}0: kata_agent::rpc/);
});

ttrpcTest("a file that cannot be said is refused before anything is sent", async ({ server, client }) => {
  const agent = new TtrpcAgent(client);
  for (const [wrong, reason] of [
    [{ uid: -1 }, "uid has to be a whole number from 0 to 4294967295, not -1"],
    [{ gid: 2 ** 32 }, "gid has to be a whole number from 0 to 4294967295, not 4294967296"],
    [{ fileMode: 1.5 }, "fileMode has to be a whole number from 0 to 4294967295, not 1.5"],
    [{ dirMode: Number.NaN }, "dirMode has to be a whole number from 0 to 4294967295, not NaN"],
    [
      { fileSize: 2 ** 53 },
      "fileSize has to be a whole number from 0 to 9007199254740991, not 9007199254740992",
    ],
    [{ offset: -5 }, "offset has to be a whole number from 0 to 9007199254740991, not -5"],
    [{ path: "" }, "path has to be text without NUL"],
    [{ path: undefined as never }, "path has to be text without NUL"],
    [{ path: "/a\0b" }, "path has to be text without NUL"],
    [{ path: "/\udc80" }, "path has to be text without NUL"],
    [{ data: "hello" as never }, "data has to be a Uint8Array"],
  ] as const) {
    const error = await agentError(agent.copyFile({ ...file, ...wrong }));
    assert.deepEqual(
      [error.trouble, error.code, error.reason, error.sent],
      ["request", "INVALID_ARGUMENT", reason, "nothing"],
    );
  }
  const tooLong = await agentError(agent.copyFile({ ...file, data: new Uint8Array(4 * 1024 * 1024) }));
  assert.deepEqual([tooLong.code, tooLong.sent], ["RESOURCE_EXHAUSTED", "nothing"]);
  assert.deepEqual(server.asked, []);
});

ttrpcTest("a call to the agent has a deadline and a signal", async ({ server, client }) => {
  const agent = new TtrpcAgent(client);
  server.answer = () => {};
  const late = await agentError(agent.copyFile(file, { timeoutMs: 30 }));
  assert.deepEqual([late.trouble, late.code, late.sent], ["deadline", "DEADLINE_EXCEEDED", "all"]);
  const aborted = await agentError(agent.copyFile(file, { signal: AbortSignal.abort() }));
  assert.deepEqual([aborted.trouble, aborted.code, aborted.sent], ["aborted", "CANCELLED", "nothing"]);
});

ttrpcTest("the agent says how it is, and which one", async ({ server, path }) => {
  const agent = await connectAgent(`unix://${path}`);
  for (const [status, isServing] of [
    [0, false],
    [1, true],
    [2, false],
  ] as const) {
    server.answer = (_, replies) =>
      replies.ok(toBinary(HealthCheckResponseSchema, create(HealthCheckResponseSchema, { status })));
    assert.equal(await agent.check(), isServing);
  }
  const version = { agentVersion: "3.31.0", grpcVersion: "0.0.1" };
  server.answer = (_, replies) =>
    replies.ok(toBinary(VersionCheckResponseSchema, create(VersionCheckResponseSchema, version)));
  assert.deepEqual(await agent.version(), version);
  server.answer = (_, replies) => replies.refuse(12, "Version is blocked");
  const error = await agentError(agent.version({ timeoutMs: 1000 }));
  assert.equal(error.message, "Cannot ask the agent for its version: UNIMPLEMENTED (Version is blocked)");
  await agent[Symbol.asyncDispose]();
  const closed = await agentError(agent.copyFile(file));
  assert.deepEqual([closed.trouble, closed.code, closed.sent], ["connection", "UNAVAILABLE", "nothing"]);
});
