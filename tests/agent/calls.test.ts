import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import test from "node:test";
import { create, toBinary } from "@bufbuild/protobuf";
import type { AgentCallOptions } from "../../ffi/agent/agent.ts";
import { AgentError } from "../../ffi/agent/agent-error.ts";
import type { AgentRequest } from "../../ffi/agent/call-words.ts";
import { AgentService } from "../../ffi/agent/generated/agent_pb.ts";
import { Health } from "../../ffi/agent/generated/health_pb.ts";
import { StatsContainerResponseSchema } from "../../ffi/agent/generated/stats_pb.ts";
import { TtrpcAgent } from "../../ffi/agent/ttrpc-agent.ts";
import { LONGEST_PAYLOAD } from "../../ffi/ttrpc/frame.ts";
import { rejection } from "../support/errors.ts";
import { type Asked, frameOf, type Replies, responseFrame } from "../support/ttrpc/peer.ts";
import { hexOf, ttrpcTest } from "../support/ttrpc/served.ts";

type Call = (agent: TtrpcAgent, options?: AgentCallOptions) => Promise<unknown>;

const ids = { containerId: "c1", execId: "e1" };

/** Each call, what is on the wire of it, and what it is called in an error. */
const calls: Readonly<
  Record<Exclude<AgentRequest, "copyFile">, readonly [call: Call, hex: string, phrase: string]>
> = {
  check: [(agent, options) => agent.check(options), "", "ask the agent how it is"],
  version: [(agent, options) => agent.version(options), "", "ask the agent for its version"],
  createSandbox: [
    (agent, options) => agent.createSandbox({ hostname: "h", sandboxId: "s1", sandboxPidns: true }, options),
    "0a016820012a027331",
    'create the sandbox "s1"',
  ],
  destroySandbox: [(agent, options) => agent.destroySandbox(options), "", "destroy the sandbox"],
  getGuestDetails: [
    (agent, options) => agent.getGuestDetails({ memBlockSize: true }, options),
    "0801",
    "ask for the guest's details",
  ],
  getOOMEvent: [(agent, options) => agent.getOOMEvent(options), "", "wait for an out-of-memory event"],
  onlineCPUMem: [
    (agent, options) => agent.onlineCPUMem({ wait: true, nbCpus: 2, cpuOnly: true }, options),
    "080110021801",
    "bring CPUs and memory online",
  ],
  setPolicy: [
    (agent, options) => agent.setPolicy({ policy: "p" }, options),
    "0a0170",
    "set the agent's policy",
  ],
  removeStaleVirtiofsShareMounts: [
    (agent, options) => agent.removeStaleVirtiofsShareMounts(options),
    "",
    "have the guest forget mounts that are gone",
  ],
  getDiagnosticData: [
    (agent, options) => agent.getDiagnosticData({ logType: "t", containerId: "c1" }, options),
    "0a017412026331",
    'get diagnostic data of the container "c1"',
  ],
  createContainer: [
    (agent, options) =>
      agent.createContainer({ ...ids, oci: { root: { path: "/r" } }, sandboxPidns: true }, options),
    "0a0263311202653132061a040a022f723801",
    'create the container "c1"',
  ],
  startContainer: [
    (agent, options) => agent.startContainer({ containerId: "c1" }, options),
    "0a026331",
    'start the container "c1"',
  ],
  removeContainer: [
    (agent, options) => agent.removeContainer({ containerId: "c1", timeout: 7 }, options),
    "0a0263311007",
    'remove the container "c1"',
  ],
  statsContainer: [
    (agent, options) => agent.statsContainer({ containerId: "c1" }, options),
    "0a026331",
    'ask what the container "c1" uses',
  ],
  execProcess: [
    (agent, options) => agent.execProcess({ ...ids, process: { args: ["a"], capabilities: {} } }, options),
    "0a026331120265312205220161" + "3a00",
    'start a process in the container "c1"',
  ],
  signalProcess: [
    (agent, options) => agent.signalProcess({ ...ids, signal: 15 }, options),
    "0a02633112026531180f",
    'signal a process of the container "c1"',
  ],
  waitProcess: [
    (agent, options) => agent.waitProcess(ids, options),
    "0a02633112026531",
    'wait for a process of the container "c1"',
  ],
  writeStdin: [
    (agent, options) => agent.writeStdin({ ...ids, data: new Uint8Array([1]) }, options),
    "0a026331120265311a0101",
    'write to a process of the container "c1"',
  ],
  readStdout: [
    (agent, options) => agent.readStdout({ ...ids, len: 9 }, options),
    "0a026331120265311809",
    'read from a process of the container "c1"',
  ],
  readStderr: [
    (agent, options) => agent.readStderr({ ...ids, len: 9 }, options),
    "0a026331120265311809",
    'read errors of a process of the container "c1"',
  ],
  closeStdin: [
    (agent, options) => agent.closeStdin(ids, options),
    "0a02633112026531",
    'close the input of a process of the container "c1"',
  ],
  ttyWinResize: [
    (agent, options) => agent.ttyWinResize({ ...ids, row: 24, column: 80 }, options),
    "0a0263311202653118182050",
    'resize the terminal of a process of the container "c1"',
  ],
  updateEphemeralMounts: [
    (agent, options) =>
      agent.updateEphemeralMounts({ storages: [{ driver: "d", mountPoint: "/m" }] }, options),
    "0a070a016432022f6d",
    "update mounts in the guest",
  ],
  getVolumeStats: [
    (agent, options) => agent.getVolumeStats({ volumeGuestPath: "/v" }, options),
    "0a022f76",
    'ask how full the volume "/v" is',
  ],
  resizeVolume: [
    (agent, options) => agent.resizeVolume({ volumeGuestPath: "/v", size: 5n }, options),
    "0a022f761005",
    'resize the volume "/v"',
  ],
};

const rows = Object.entries(calls).map(([request, [call, hex, phrase]]) => ({ request, call, hex, phrase }));

test("each call of the agent is in the table", () => {
  const names = [...Object.keys(AgentService.method), ...Object.keys(Health.method)];
  assert.deepEqual(Object.keys(calls).sort(), names.filter((name) => name !== "copyFile").sort());
});

for (const { request, call, hex, phrase } of rows) {
  ttrpcTest(
    `${request} is asked under its name, and what goes wrong is told in its words`,
    async (served) => {
      const { server, client } = served;
      const agent = new TtrpcAgent(client);
      await call(agent);
      const [asked] = server.asked;
      assert.equal(asked?.method.toLowerCase(), request.toLowerCase());
      assert.equal(
        asked?.service,
        ["check", "version"].includes(request) ? "grpc.Health" : "grpc.AgentService",
      );
      assert.equal(hexOf(asked.payload), hex);

      server.answer = (_, { refuse }) => refuse(13, "no\n\nStack backtrace:\n   0: core::panic");
      const refused = await agentError(call(agent));
      assert.equal(refused.message, `Cannot ${phrase}: INTERNAL (no)`);
      assert.deepEqual([refused.request, refused.trouble, refused.status], [request, "status", 13]);

      const aborting = new AbortController();
      server.answer = () => aborting.abort();
      assert.equal((await agentError(call(agent, { signal: aborting.signal }))).trouble, "aborted");
    },
  );

  ttrpcTest(`a hostile answer to ${request} ends the call in time, and holds nothing`, async (served) => {
    const { server, client } = served;
    const agent = new TtrpcAgent(client);
    server.answer = () => {};
    const late = await agentError(call(agent, { timeoutMs: 20 }));
    assert.deepEqual([late.trouble, late.code], ["deadline", "DEADLINE_EXCEEDED"]);

    // The end of a group that never began is no message of any type.
    server.answer = (_, { ok }) => ok(new Uint8Array([0x0c]));
    assert.equal((await agentError(call(agent))).trouble, "protocol");
    assert.ok(client.isOpen);

    const answers: (readonly [Asked, Replies])[] = [];
    server.answer = (asked, replies) => {
      answers.push([asked, replies]);
      if (answers.length === 3) for (const [, { refuse }] of answers.reverse()) refuse(5, asked.method);
    };
    const errors = await Promise.all([1, 2, 3].map(() => agentError(call(agent))));
    assert.deepEqual(
      errors.map(({ code }) => code),
      ["NOT_FOUND", "NOT_FOUND", "NOT_FOUND"],
    );

    server.answer = ({ streamId }, { raw }) =>
      raw(responseFrame(streamId), frameOf(streamId, 2, new Uint8Array(), LONGEST_PAYLOAD + 1));
    await call(agent).catch(() => {});
    const ended = await agent.ended;
    assert.equal(ended.trouble, "protocol");
    const after = await agentError(call(agent));
    assert.deepEqual([after.trouble, after.sent], ["protocol", "nothing"]);
  });
}

ttrpcTest(
  "a call that waits for a program has weeks, and others what the connection says",
  async (served) => {
    const { server, client } = served;
    const agent = new TtrpcAgent(client);
    for (const [, [call]] of Object.entries(calls)) await call(agent);
    const weeks = server.asked
      .filter(({ timeoutNano }) => timeoutNano > 10n ** 15n)
      .map(({ method }) => method);
    assert.deepEqual(weeks.sort(), ["GetOOMEvent", "ReadStderr", "ReadStdout", "WaitProcess", "WriteStdin"]);
    const others = server.asked.filter(({ timeoutNano }) => timeoutNano === 60_000_000_000n);
    assert.equal(others.length + weeks.length, server.asked.length);
  },
);

ttrpcTest("answers come as typed messages", async ({ server, client }) => {
  const agent = new TtrpcAgent(client);
  const stats = {
    cgroupStats: { pidsStats: { current: 3n }, hugetlbStats: { "2MB": { usage: 7n } } },
    networkStats: [{ name: "eth0", rxBytes: 2n ** 60n }],
  };
  server.answer = (_, { ok }) =>
    ok(toBinary(StatsContainerResponseSchema, create(StatsContainerResponseSchema, stats)));
  const { cgroupStats, networkStats } = await agent.statsContainer({ containerId: "c1" });
  assert.equal(cgroupStats?.pidsStats?.current, 3n);
  assert.equal(cgroupStats?.hugetlbStats["2MB"]?.usage, 7n);
  assert.equal(networkStats[0]?.rxBytes, 2n ** 60n);
  server.answer = (_, { ok }) => ok(new Uint8Array(Buffer.from("08ffffffffffffffffff01", "hex")));
  assert.equal((await agent.waitProcess({ containerId: "c1", execId: "c1" })).status, -1);
});

ttrpcTest("what is known of a failure stands behind the agent's words", async ({ server, client }) => {
  const agent = new TtrpcAgent(client);
  for (const [request, reason, hint] of [
    ["createContainer", "missing process capabilities", /ociMessage puts it in/],
    ["readStdout", '"InvalidExecId"', /its end was told already/],
    ["removeContainer", "Invalid container id", /no container of this id/],
    ["statsContainer", "InvalidContainerId", /no container of this id/],
    ["createContainer", "exec fifo exists", /has this id already/],
    [
      "createContainer",
      "Creating container device LinuxDevice { }\nCaused by: EEXIST: File exists",
      /a device that the agent makes/,
    ],
    ["createContainer", "hostname: Linux namespace does not contain uts", /uts namespace/],
    ["execProcess", "failed to join pidns Caused by: EINVAL", /the agent adds one itself/],
    ["createContainer", "Establishing a D-Bus connection", /no systemd/],
    ["createContainer", "Timeout after 3s waiting for uevent ScsiBlockMatcher", /write add to its uevent/],
    ["createSandbox", "setup persistent IPC namespace", /has a sandbox already/],
    [
      "createContainer",
      "failed to mount /x to /run/kata-containers/c1/rootfs, with error: ENOENT",
      /rootPath/,
    ],
    ["createContainer", "ENOENT: No such file or directory", /devpts/],
    ["execProcess", "No such file or directory (os error 2)", /working directory .*devpts/],
    ["execProcess", "failed to fork temporary process: ENOMEM", /first process has ended/],
  ] as const) {
    server.answer = (_, { refuse }) => refuse(13, reason);
    const error = await agentError(calls[request][0](agent));
    assert.match(error.hint, hint);
    assert.ok(error.message.endsWith(`; ${error.hint})`), error.message);
  }
  server.answer = () => {};
  const late = await agentError(agent.startContainer({ containerId: "c1" }, { timeoutMs: 20 }));
  assert.match(late.hint, /without proc on \/proc, never answers/);
});

ttrpcTest(
  "a request that is no message is not sent, nor one with an unknown option",
  async ({ server, client }) => {
    const agent = new TtrpcAgent(client);
    const error = await agentError(agent.signalProcess({ ...ids, signal: -1 }));
    assert.deepEqual([error.trouble, error.code, error.sent], ["request", "INVALID_ARGUMENT", "nothing"]);
    const wrong = { timeout: 1 } as AgentCallOptions;
    assert.match(((await rejection(agent.destroySandbox(wrong))) as Error).message, /no option "timeout"/);
    assert.deepEqual(server.asked, []);
  },
);

async function agentError(call: Promise<unknown>): Promise<AgentError> {
  const error = await rejection(call);
  assert.ok(error instanceof AgentError, String(error));
  return error;
}
