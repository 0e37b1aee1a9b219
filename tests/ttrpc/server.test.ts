import assert from "node:assert/strict";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { DescService } from "@bufbuild/protobuf";
import { AgentService } from "../../ffi/agent/generated/agent_pb.ts";
import { Health, HealthCheckResponse_ServingStatus as Status } from "../../ffi/agent/generated/health_pb.ts";
import { LONGEST_PAYLOAD } from "../../ffi/ttrpc/frame.ts";
import { TtrpcRefusal } from "../../ffi/ttrpc/refusal.ts";
import { TtrpcServer } from "../../ffi/ttrpc/server.ts";
import type { TtrpcContext } from "../../ffi/ttrpc/server-call.ts";
import { ttrpcError, until } from "../support/ttrpc/served.ts";
import { callFrame, serverTest } from "../support/ttrpc/server-place.ts";

const { check, version } = Health.method;

serverTest(
  "a call is answered by the handler of its method, at once or later",
  async ({ server, client }) => {
    server.register(Health, {
      check: ({ service }) => ({ status: service === "agent" ? Status.SERVING : Status.NOT_SERVING }),
      async version({ service }) {
        await sleep(5);
        return { agentVersion: service, grpcVersion: "" };
      },
    });
    assert.equal((await client.invoke(check, { service: "agent" })).status, Status.SERVING);
    assert.equal((await client.invoke(check, {})).status, Status.NOT_SERVING);
    assert.equal((await client.invoke(version, { service: "é\u0000" })).agentVersion, "é\u0000");
  },
);

serverTest(
  "ten thousand calls of one client are each answered with their own",
  async ({ server, client }) => {
    server.register(Health, { version: ({ service }) => ({ agentVersion: service }) });
    const calls = Array.from({ length: 10_000 }, (_, i) => client.invoke(version, { service: String(i) }));
    const answers = await Promise.all(calls);
    answers.forEach(({ agentVersion }, i) => {
      assert.equal(agentVersion, String(i));
    });
  },
);

serverTest("answers come in the order in which handlers end", async ({ server, client }) => {
  const waiting: (() => void)[] = [];
  const answerAll = () => {
    for (const answer of waiting.reverse()) answer();
  };
  server.register(Health, {
    version: ({ service }) =>
      new Promise((resolve) => {
        waiting.push(() => resolve({ agentVersion: service }));
        if (waiting.length === 3) setTimeout(answerAll);
      }),
  });
  const ended: string[] = [];
  const names = ["a", "b", "c"];
  await Promise.all(
    names.map(async (service) => ended.push((await client.invoke(version, { service })).agentVersion)),
  );
  assert.deepEqual(ended, ["c", "b", "a"]);
});

serverTest("a handler is told what the client sent with its call", async ({ server, client }) => {
  let context: TtrpcContext | undefined;
  server.register(Health, {
    check(_, given) {
      context = given;
      return {};
    },
  });
  await client.invoke(check, {}, { timeoutMs: 1234, metadata: { "containerd-namespace-ttrpc": "k8s.io" } });
  assert.deepEqual([context?.service, context?.method, context?.timeoutMs], ["grpc.Health", "Check", 1234]);
  assert.deepEqual([...(context?.metadata ?? [])], [["containerd-namespace-ttrpc", ["k8s.io"]]]);
  assert.equal(context?.signal.aborted, false);
});

const refusals: readonly [what: string, error: unknown, code: string, reason: string][] = [
  ["a refusal", new TtrpcRefusal("NOT_FOUND", "no c1"), "NOT_FOUND", "no c1"],
  ["a refusal by its number", new TtrpcRefusal(7, "by policy"), "PERMISSION_DENIED", "by policy"],
  ["a refusal of many lines", new TtrpcRefusal("ABORTED", "a\nb\u001b[2J"), "ABORTED", "a b [2J"],
  ["another error", new Error("out of order"), "UNKNOWN", "out of order"],
  ["what is no error", "out of order", "UNKNOWN", "out of order"],
];
for (const [what, error, code, reason] of refusals) {
  for (const isLate of [false, true]) {
    const when = isLate ? "later" : "at once";
    serverTest(`${what} that a handler throws ${when} is the answer`, async ({ server, client }) => {
      server.register(Health, {
        check() {
          if (isLate) return Promise.reject(error);
          throw error;
        },
      });
      const refused = await ttrpcError(client.invoke(check, {}));
      assert.deepEqual([refused.trouble, refused.code, refused.reason], ["status", code, reason]);
      assert.ok(client.isOpen);
    });
  }
}

test("a refusal has a code of gRPC's", () => {
  for (const code of [-1, 17, 1.5, Number.NaN, "NO_SUCH", ""])
    assert.throws(() => new TtrpcRefusal(code as never, "x"), {
      name: "TypeError",
      message: /^code has to be/,
    });
  assert.deepEqual(
    [new TtrpcRefusal(0, "").code, new TtrpcRefusal("UNAUTHENTICATED", "").status],
    ["OK", 16],
  );
});

serverTest("a service, a method and a handler that are not there are not implemented", async (place) => {
  const { server, client } = place;
  server.register(Health, { check: () => ({}), version: undefined });
  for (const [service, method, reason] of [
    ["grpc.AgentService", "CopyFile", "there is no service grpc.AgentService"],
    ["", "", "there is no service"],
    ["grpc.Health", "Version", "Version is not implemented"],
    ["grpc.Health", "check", "check is not implemented"],
    ["grpc.Health", "constructor", "constructor is not implemented"],
    ["__proto__", "toString", "there is no service __proto__"],
  ] as const) {
    const error = await ttrpcError(client.call({ service, method }));
    assert.deepEqual([error.code, error.reason], ["UNIMPLEMENTED", reason]);
  }
});

serverTest(
  "what is not there is refused as an option says",
  async ({ server, client }) => {
    server.register(Health, {});
    const error = await ttrpcError(client.invoke(check, {}));
    assert.deepEqual([error.code, error.reason], ["UNAVAILABLE", "no grpc.Health/Check here"]);
  },
  {
    onUnknown: ({ service, method }) => new TtrpcRefusal("UNAVAILABLE", `no ${service}/${method} here`),
  },
);

serverTest("an answer that is no message, or too long for a frame, is refused", async (place) => {
  const { server, client } = place;
  server.register(Health, {
    check: () => ({ status: (2 ** 40) as never }),
    version: () => ({ agentVersion: "x".repeat(LONGEST_PAYLOAD) }),
  });
  const wrong = await ttrpcError(client.invoke(check, {}));
  assert.equal(wrong.code, "INTERNAL");
  assert.match(wrong.reason, /^the answer is no grpc\.HealthCheckResponse: /);
  const long = await ttrpcError(client.invoke(version, {}));
  const reason = "the answer has 4194314 bytes, and a peer takes at most 4194304";
  assert.deepEqual([long.code, long.reason], ["RESOURCE_EXHAUSTED", reason]);
  assert.ok(client.isOpen);
});

serverTest("an answer of nearly a whole frame arrives", async ({ server, client }) => {
  const longest = "x".repeat(LONGEST_PAYLOAD - 10);
  server.register(Health, { version: () => ({ agentVersion: longest }) });
  assert.equal((await client.invoke(version, {})).agentVersion, longest);
});

serverTest("a call is answered at its deadline, whatever its handler does", async ({ server, raw }) => {
  let signal: AbortSignal | undefined;
  let goOn = () => {};
  server.register(Health, {
    check: (_, context) =>
      new Promise((resolve) => {
        signal = context.signal;
        goOn = () => resolve({});
      }),
  });
  const client = await raw();
  client.send(callFrame(1, "Check", { timeoutMs: 30 }));
  const { code, message } = await client.answer(1);
  assert.deepEqual([code, message], [4, "no answer within 30 ms"]);
  assert.ok(signal?.aborted && signal.reason instanceof TtrpcRefusal);
  assert.equal(signal.reason.code, "DEADLINE_EXCEEDED");
  goOn();
  // The stream is free again, and its late answer is dropped.
  client.send(callFrame(3, "None"));
  assert.equal((await client.answer(3)).code, 12);
  assert.deepEqual(
    client.answers.map(({ streamId }) => streamId),
    [1, 3],
  );
});

serverTest("a call without a deadline, or with one in a hundred years, is waited for", async (place) => {
  const { server, raw } = place;
  const times: (number | undefined)[] = [];
  server.register(Health, {
    async check(_, { timeoutMs, signal }) {
      times.push(timeoutMs);
      await sleep(20);
      return { status: signal.aborted ? Status.NOT_SERVING : Status.SERVING };
    },
  });
  const client = await raw();
  const century = 100 * 365 * 86_400_000;
  client.send(...[0, -5, century].map((timeoutMs, i) => callFrame(2 * i + 1, "Check", { timeoutMs })));
  for (const streamId of [1, 3, 5]) assert.equal((await client.answer(streamId)).code, 0);
  assert.deepEqual(times, [undefined, undefined, century]);
});

serverTest("a handler is told when its client goes away", async ({ server, client, raw }) => {
  const signals: AbortSignal[] = [];
  server.register(Health, {
    check: (_, { signal }) => {
      signals.push(signal);
      return new Promise(() => {});
    },
  });
  const other = ttrpcError(client.invoke(check, {}));
  const gone = await raw();
  await until(() => signals.length === 1);
  gone.send(callFrame(1, "Check"));
  await until(() => signals.length === 2);
  gone.socket.destroy();
  await until(() => signals[1]?.aborted === true);
  assert.deepEqual([signals[0]?.aborted, signals[1]?.reason.code], [false, "CANCELLED"]);
  await client.close();
  await other;
  await until(() => signals[0]?.aborted === true);
});

test("handlers are typed by the service", () => {
  const server = new TtrpcServer();
  server.register(Health, { check: ({ service }) => ({ status: service === "" ? 0 : 1 }) });
  server.register(AgentService, {
    // @ts-expect-error: a number is no path
    copyFile: ({ path }) => ({ ...(path satisfies number) }),
  });
  for (const [handlers, message] of [
    [{ chek: () => ({}) }, 'grpc.Health has no method "chek"'],
    [{ toString: () => ({}) }, 'grpc.Health has no method "toString"'],
    [{ check: {} }, "the handler of check has to be a function"],
  ] as const) {
    const other = new TtrpcServer();
    assert.throws(() => other.register(Health, handlers as never), { name: "TypeError", message });
  }
  assert.throws(() => server.register(Health, {}), { message: "grpc.Health is registered already" });
});

test("a method that is a stream has no handler", () => {
  const watch = { ...check, name: "Watch", localName: "watch", methodKind: "server_streaming" };
  const service = { ...Health, method: { watch } } as unknown as DescService;
  assert.throws(() => new TtrpcServer().register(service, { watch: (() => ({})) as never }), {
    name: "TypeError",
    message: "grpc.Health/Watch is a stream, and streams are not supported",
  });
});

test("options that cannot be are refused", () => {
  for (const [options, message] of [
    [{ maxCalls: 0 }, "maxCalls has to be a number from 1 on, not 0"],
    [{ maxRequestBytes: Number.NaN }, "maxRequestBytes has to be a number from 1 on, not NaN"],
    [{ onUnknown: {} }, "onUnknown has to be a function"],
  ] as const)
    assert.throws(() => new TtrpcServer(options as never), { name: "TypeError", message });
});
