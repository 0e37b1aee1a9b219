import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { connect } from "node:net";
import { join } from "node:path";
import test from "node:test";
import { fromBinary } from "@bufbuild/protobuf";
import { eventRows, eventsOf, maskOf, type NriEventName, oldEventsOf } from "../../ffi/nri/events.ts";
import { CreateContainerResponseSchema, StateChangeEventSchema } from "../../ffi/nri/generated/events_pb.ts";
import type { NriHandlers } from "../../ffi/nri/handlers.ts";
import { startPlugin } from "../../ffi/nri/plugin.ts";
import type { NriPluginOptions } from "../../ffi/nri/plugin-options.ts";
import { TtrpcRefusal } from "../../ffi/ttrpc/refusal.ts";
import { TtrpcError } from "../../ffi/ttrpc/ttrpc-error.ts";
import { bytesOf, containerOf, eventOf, podOf } from "../support/nri/messages.ts";
import { RawRuntime } from "../support/nri/raw-runtime.ts";
import { socketTest, ttrpcError, until } from "../support/ttrpc/served.ts";

const pod = podOf("p1");
const container = containerOf("c1", "p1");
const none = new Uint8Array();

/** A test with a plugin that a runtime has synchronized, which then sends what it likes. */
function synchronizedTest(
  name: string,
  handlers: NriHandlers,
  body: (runtime: RawRuntime, configured: { events: number; failurePolicy?: unknown }) => Promise<void>,
  options: NriPluginOptions & { configure?: object } = {},
): void {
  socketTest(name, async (directory) => {
    const path = join(directory, "nri.sock");
    const first = await RawRuntime.of(path);
    const { configure, ...more } = options;
    const started = startPlugin(handlers, {
      name: "tested",
      index: "10",
      connection: connect(path),
      ...more,
    });
    await using runtime = await first();
    const configured = await runtime.configure(configure);
    await runtime.synchronize();
    await using _ = await started;
    await body(runtime, configured);
  });
}

/** What a call is refused with. */
async function refusal(call: Promise<unknown>): Promise<string> {
  const { code, reason } = await ttrpcError(call);
  return `${code}: ${reason}`;
}

test("masks have bit n - 1 for event n, and those of NRI 0.8 have the first eleven", () => {
  assert.equal(maskOf(eventRows.map(({ name }) => name)), 0x3fff);
  assert.equal(oldEventsOf(0x3fff), 0x7ff);
  assert.equal(maskOf(["validateContainerAdjustment", "runPodSandbox"]), 0x2001);
  assert.deepEqual(eventsOf(0x1000), ["postUpdatePodSandbox"]);
});

const nothing = () => {};
for (const [what, handlers, NRIVersion, mask] of [
  ["no handler for an event", { synchronize: nothing }, "v0.12.5", 0x100],
  ["two handlers", { runPodSandbox: nothing, removePodSandbox: nothing }, "v0.12.5", 0x5],
  ["a later event, of a runtime that has it", { updatePodSandbox: nothing }, "v0.12.0", 0x900],
  ["a later event, of a runtime that does not say so", { updatePodSandbox: nothing }, "", 0x100],
  ["a handler that is undefined", { runPodSandbox: undefined, stopContainer: nothing }, "v0.12.5", 0x200],
] as const) {
  synchronizedTest(
    `a plugin with ${what} asks for the events of the mask 0x${mask.toString(16)}`,
    handlers as NriHandlers,
    async (_, { events }) => assert.equal(events, mask),
    { configure: { NRIVersion } },
  );
}

for (const [version, mask] of [
  ["2.2.0", 0x2100],
  ["v2.10.1+unknown", 0x2100],
  ["3.0.0-rc.1", 0x2100],
  ["2.1.9+unknown", 0x100],
  ["1.7.33", 0x100],
  ["two", 0x100],
] as const) {
  synchronizedTest(
    `on a connection that cannot be made again, containerd ${version} is asked for what it surely has`,
    { validateContainerAdjustment: () => undefined },
    async (_, { events }) => assert.equal(events, mask),
    { configure: { NRIVersion: "", runtimeName: "containerd", runtimeVersion: version } },
  );
}

synchronizedTest(
  "the failure policy is said",
  { runPodSandbox: nothing },
  async (_, { failurePolicy }) =>
    assert.deepEqual(
      { ...(failurePolicy as object) },
      {
        $typeName: "nri.pkg.api.v1alpha1.FailurePolicy",
        ...{ failRequest: true, keepConnected: false },
      },
    ),
  { failurePolicy: { failRequest: true } },
);

let heard = 0;
const counting: NriHandlers = Object.fromEntries(eventRows.map(({ name }) => [name, () => void heard++]));
const many = (length: number, byte: number) => Buffer.alloc(length, Buffer.from([byte, 0]));
/** A message whose container has so many bytes of empty entries: mounts, texts of its environment, or pairs of its labels. */
const containerWith = (bytes: Buffer) => {
  const length = Buffer.alloc(4);
  for (let i = 0, left = bytes.length; i < 4; i += 1, left >>>= 7)
    length[i] = (left & 127) | (i < 3 ? 128 : 0);
  return Buffer.concat([Buffer.from([0x0a, 0, 0x12]), length, bytes]);
};

const lies: readonly (readonly [what: string, method: string, payload: Uint8Array, answer: RegExp])[] = [
  ["no pod", "RunPodSandbox", none, /INVALID_ARGUMENT: RunPodSandbox has no pod/],
  ["no container", "CreateContainer", eventOf("createContainer", pod), /INVALID_ARGUMENT: .* no container/],
  ["no message", "StartContainer", Buffer.from([0x0a, 9]), /INVALID_ARGUMENT: no message/],
  [
    "a text that is no UTF-8",
    "RunPodSandbox",
    Buffer.from([0x0a, 3, 0x0a, 1, 0xff]),
    /INVALID_ARGUMENT: no message/,
  ],
  [
    "a field of length 2^32-1",
    "StopContainer",
    Buffer.from([0x0a, 255, 255, 255, 255, 15]),
    /INVALID_ARGUMENT/,
  ],
  ["a million empty mounts", "CreateContainer", containerWith(many(2_000_000, 0x4a)), /RESOURCE_EXHAUSTED/],
  [
    "a million empty variables",
    "CreateContainer",
    containerWith(many(2_000_000, 0x42)),
    /RESOURCE_EXHAUSTED/,
  ],
  ["a million empty labels", "CreateContainer", containerWith(many(2_000_000, 0x2a)), /RESOURCE_EXHAUSTED/],
  ["an unknown method", "Explode", none, /UNIMPLEMENTED/],
  ["a second state", "Synchronize", none, /FAILED_PRECONDITION: .* synchronized already/],
];

synchronizedTest("a call that lies is refused, and the next one is answered", counting, async (runtime) => {
  for (const [what, method, payload, expected] of lies)
    assert.match(await refusal(runtime.call(method, payload)), expected, what);
  assert.equal(heard, 0);
  await runtime.call("RunPodSandbox", eventOf("runPodSandbox", pod));
  assert.equal(heard, 1);
});

const change = (event: number) => bytesOf(StateChangeEventSchema, { event, pod, container });

synchronizedTest("changes of state that are none are answered with nothing", counting, async (runtime) => {
  heard = 0;
  for (const event of [0, 15, 16, 1000, -1])
    assert.equal((await runtime.call("StateChange", change(event))).length, 0);
  assert.equal(heard, 0);
  await runtime.call("StateChange", change(1));
  assert.equal(heard, 1);
});

synchronizedTest(
  "an error of a handler refuses, and none is taken for an older plugin's",
  {
    runPodSandbox: () => {
      throw new Error("a bug\u001b[2J\nof mine");
    },
    startContainer: () => {
      throw new TtrpcRefusal("UNIMPLEMENTED", "not here");
    },
    createContainer: () => ({ adjust: { mounts: "none" } }) as never,
  },
  async (runtime) => {
    const call = (name: NriEventName, method: string) =>
      refusal(runtime.call(method, eventOf(name, pod, container)));
    assert.equal(await call("runPodSandbox", "RunPodSandbox"), "UNKNOWN: a bug [2J of mine");
    assert.equal(await call("startContainer", "StartContainer"), "FAILED_PRECONDITION: not here");
    assert.match(await call("createContainer", "CreateContainer"), /^UNKNOWN: /);
  },
);

const names = ["\u001b]0;pwned\u0007", "a\nb", "\u202egnp.exe", '"; rm -rf /', "__proto__", "constructor"];

synchronizedTest(
  "names, labels and annotations with escapes arrive as they are, and change nothing here",
  {
    createContainer({ pod, container }) {
      assert.deepEqual([pod.name, Object.keys(pod.labels).length], [names[0], 5]);
      return { adjust: { annotations: { seen: Object.values(container.annotations).join("|") } } };
    },
  },
  async (runtime) => {
    const labels = Object.fromEntries(
      names.filter((name) => name !== "__proto__").map((name) => [name, name]),
    );
    const annotations = Object.fromEntries(names.slice(0, 4).map((name) => [name, name]));
    const request = eventOf("createContainer", podOf("p1", { name: names[0] ?? "", labels }), {
      ...container,
      annotations,
    });
    const { adjust } = fromBinary(
      CreateContainerResponseSchema,
      await runtime.call("CreateContainer", request),
    );
    assert.equal(adjust?.annotations.seen, names.slice(0, 4).join("|"));
    assert.equal(Object.hasOwn(Object.prototype, "a\nb"), false);
  },
);

const order: string[] = [];
let endOfState = () => {};

socketTest(
  "events wait until synchronize has ended, which is called once the runtime is answered",
  async (directory) => {
    const path = join(directory, "nri.sock");
    const first = await RawRuntime.of(path);
    const handlers: NriHandlers = {
      synchronize: async () => {
        order.push("state");
        await new Promise<void>((resolve) => {
          endOfState = resolve;
        });
        order.push("state ends");
      },
      runPodSandbox: () => void order.push("event"),
    };
    const started = startPlugin(handlers, { name: "tested", index: "10", connection: connect(path) });
    await using runtime = await first();
    await runtime.configure();
    await runtime.synchronize();
    order.push("answered");
    const event = runtime.call("RunPodSandbox", eventOf("runPodSandbox", pod));
    await until(() => order.includes("state"));
    await new Promise((resolve) => setTimeout(resolve, 50));
    endOfState();
    await event;
    await using _ = await started;
    assert.deepEqual(new Set(order.slice(0, 2)), new Set(["state", "answered"]));
    assert.deepEqual(order.slice(2), ["state ends", "event"]);
  },
);

synchronizedTest(
  "a handler's signal is aborted when the runtime is gone, and a late answer goes nowhere",
  {
    runPodSandbox: (_, { signal }) =>
      new Promise((resolve) => signal.addEventListener("abort", () => resolve())),
  },
  async (runtime) => {
    const call = runtime.call("RunPodSandbox", eventOf("runPodSandbox", pod));
    runtime.socket.destroy();
    assert.ok((await call.catch((error: unknown) => error)) instanceof TtrpcError);
  },
);
