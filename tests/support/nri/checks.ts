import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { fromBinary } from "@bufbuild/protobuf";
import type { NriEventName } from "../../../ffi/nri/events.ts";
import { CreateContainerResponseSchema } from "../../../ffi/nri/generated/events_pb.ts";
import { Field } from "../../../ffi/nri/generated/owners_pb.ts";
import type { NriHandlers } from "../../../ffi/nri/handlers.ts";
import { type NriPlugin, startPlugin } from "../../../ffi/nri/plugin.ts";
import type { NriChange, NriPluginOptions } from "../../../ffi/nri/plugin-options.ts";
import { TtrpcRefusal } from "../../../ffi/ttrpc/refusal.ts";
import { Child } from "../child.ts";
import { commandOf } from "../runtimes.ts";
import { rounds } from "../sample.ts";
import { until } from "../ttrpc/served.ts";
import { containerOf, eventOf, podOf, stateOf } from "./messages.ts";
import type { TestRuntime } from "./test-runtime.ts";

/** Something that holds with every runtime. */
export interface Check {
  readonly what: string;
  /** The versions of NRI that it is about; all where none is named. */
  readonly only?: TestRuntime["nri"];
  readonly holds: (runtime: TestRuntime) => Promise<void>;
}

/** A plugin that a runtime asks: a runtime does so a moment after the plugin has answered Synchronize. */
export async function pluginOf(
  runtime: TestRuntime,
  handlers: NriHandlers,
  options: NriPluginOptions = {},
): Promise<NriPlugin> {
  const before = await runtime.synchronized();
  const identity = { name: "tested", index: "10", socket: runtime.socket };
  const plugin = await startPlugin(handlers, { ...identity, ...options });
  await synchronizedSince(runtime, before);
  return plugin;
}

/** Waits until a runtime has synchronized so many plugins more. */
async function synchronizedSince(runtime: TestRuntime, before: number, more = 1): Promise<void> {
  for (let tries = 0; (await runtime.synchronized()) < before + more; tries += 1) {
    assert.ok(tries < 6000, "no plugin was synchronized within a minute");
    await sleep(10);
  }
}

const pod = podOf("p1");
const container = containerOf("c1", "p1");
/** A pod's life with one container, in its order. */
const life: readonly NriEventName[] = [
  ...(["runPodSandbox", "createContainer", "postCreateContainer", "startContainer"] as const),
  ...(["postStartContainer", "updateContainer", "postUpdateContainer", "stopContainer"] as const),
  ...(["removeContainer", "stopPodSandbox", "removePodSandbox"] as const),
];
const refuse = (reason: string) => () => {
  throw new TtrpcRefusal("PERMISSION_DENIED", reason);
};
// Of three bytes each: the refusal is longer than what a runtime reads at once.
const longReason = "€".repeat(1990);

const refusals: readonly Check[] = (
  ["runPodSandbox", "createContainer", "startContainer", "updateContainer"] as const
).flatMap((name) =>
  ["not on this node", longReason].map((reason) => ({
    what: `a refusal of ${name} with ${reason.length} characters arrives, and the plugin stays`,
    async holds(runtime) {
      await using _ = await pluginOf(runtime, { [name]: refuse(reason) });
      for (let i = 0; i < 2; i += 1) {
        const { error = "" } = await runtime.event(name, eventOf(name, pod, container));
        assert.ok(error.includes(reason) && /permission_?denied/i.test(error), error.slice(0, 200));
      }
    },
  })),
);

const adjustments: readonly Check[] = [100, 4040, 5000, 1_000_000].map((length) => ({
  what: `an adjustment with an annotation of ${length} bytes arrives`,
  async holds(runtime) {
    const mounts = [{ destination: "/added", source: "/tmp", type: "bind", options: ["rbind", "ro"] }];
    const adjust = { mounts, annotations: { long: "x".repeat(length) } };
    await using _ = await pluginOf(runtime, { createContainer: () => ({ adjust }) });
    const { value, error } = await runtime.event(
      "createContainer",
      eventOf("createContainer", pod, container),
    );
    assert.equal(error, undefined);
    const answer = fromBinary(CreateContainerResponseSchema, value ?? new Uint8Array());
    assert.equal(answer.adjust?.annotations.long?.length, length);
    assert.equal(answer.adjust?.mounts[0]?.destination, "/added");
  },
}));

const deaths: readonly Check[] = [...life, "validateContainerAdjustment" as const].map((name) => ({
  what: `a plugin that is killed in ${name} is gone, and the next event goes on`,
  ...(name === "validateContainerAdjustment" && { only: "0.12" as const }),
  async holds(runtime) {
    const before = await runtime.synchronized();
    const child = new Child([...commandOf("nri-plugin"), runtime.socket, name]);
    try {
      await child.line();
      await synchronizedSince(runtime, before);
      const isValidation = name === "validateContainerAdjustment";
      const event = isValidation ? "createContainer" : name;
      const { error } = await runtime.event(event, eventOf(event, pod, container));
      // A validator that dies refuses this one container; all else goes on.
      if (isValidation) assert.match(error ?? "", /validator plugin 20-dying failed/);
      else assert.equal(error, undefined);
      assert.equal((await child.ended).signal, "SIGKILL");
      assert.equal((await runtime.event(event, eventOf(event, pod, container))).error, undefined);
    } finally {
      await child.kill();
    }
  },
}));

/** What holds with the played runtimes and with NRI's own library. */
export const checks: readonly Check[] = [
  {
    what: "a plugin hears of a pod's whole life, each event once and in its order",
    async holds(runtime) {
      const heard: string[] = [];
      const handlers = Object.fromEntries(
        life.map((name) => [
          name,
          (event: { pod: { id: string }; container?: { id: string } }) => {
            heard.push(`${name} ${event.pod.id} ${event.container?.id ?? ""}`.trim());
          },
        ]),
      );
      await using plugin = await pluginOf(runtime, handlers);
      assert.deepEqual([plugin.runtime?.missing, plugin.runtime?.events.length], [[], 11]);
      for (const name of life)
        assert.equal((await runtime.event(name, eventOf(name, pod, container))).error, undefined);
      const isOfPod = (name: string) => name.endsWith("PodSandbox");
      assert.deepEqual(
        heard,
        life.map((name) => `${name} p1${isOfPod(name) ? "" : " c1"}`),
      );
    },
  },
  ...refusals,
  ...deaths,
  ...adjustments,
  {
    what: "a plugin that does not hear of an event is not asked",
    async holds(runtime) {
      let asked = 0;
      await using _ = await pluginOf(runtime, { synchronize: () => {}, stopPodSandbox: () => void asked++ });
      assert.equal((await runtime.event("runPodSandbox", eventOf("runPodSandbox", pod))).error, undefined);
      await runtime.event("stopPodSandbox", eventOf("stopPodSandbox", pod));
      assert.equal(asked, 1);
    },
  },
  {
    what: "another plugin's adjustments are seen by the validation, which may reject them",
    only: "0.12",
    async holds(runtime) {
      const seen: unknown[] = [];
      const mounts = [{ destination: "/secret", source: "/etc", type: "bind", options: ["rbind"] }];
      const adjust = { index: "05", name: "other" };
      await using _ = await pluginOf(runtime, { createContainer: () => ({ adjust: { mounts } }) }, adjust);
      await using plugin = await pluginOf(runtime, {
        validateContainerAdjustment({ container, adjust, owners, plugins }) {
          const compound = owners?.owners[container.id]?.compound[Field.Mounts];
          seen.push(container.mounts.length, adjust?.mounts[0]?.source, compound?.owners["/secret"]);
          seen.push(plugins.map(({ index, name }) => `${index}-${name}`).join());
          return { reject: true, reason: `mounts[0] has the source "/etc"` };
        },
      });
      assert.deepEqual(plugin.runtime?.missing, []);
      const { error = "" } = await runtime.event(
        "createContainer",
        eventOf("createContainer", pod, container),
      );
      assert.match(error, /validator "10-tested" rejected.*mounts\[0\] has the source/);
      assert.deepEqual(seen, [12, "/etc", "05-other", "05-other,10-tested"]);
    },
  },
  {
    what: "a runtime without validations is told so, and goes on",
    only: "0.8",
    async holds(runtime) {
      let created = 0;
      const handlers = {
        validateContainerAdjustment: () => ({ reject: true }),
        createContainer: () => void created++,
      };
      await using plugin = await pluginOf(runtime, handlers);
      assert.deepEqual(plugin.runtime?.missing, ["validateContainerAdjustment"]);
      const { error } = await runtime.event("createContainer", eventOf("createContainer", pod, container));
      assert.deepEqual([error, created], [undefined, 1]);
    },
  },
  {
    what: "a plugin has containers updated, one call after the other, and hears of those that were not",
    async holds(runtime) {
      await using plugin = await pluginOf(runtime, { synchronize: () => {} });
      const ids = Array.from({ length: 600 }, (_, i) => (i % 100 === 0 ? "fails" : `c${i}`));
      const failed = await Promise.all(ids.map((containerId) => plugin.updateContainers([{ containerId }])));
      assert.deepEqual(
        failed.flat().map(({ containerId }) => containerId),
        Array(6).fill("fails"),
      );
      // Long ones: each alone is more than the runtime reads at once.
      const unified = { "memory.high": "9".repeat(6000) };
      const update = { containerId: "fails", linux: { resources: { unified } } };
      const [one] = await plugin.updateContainers([update]);
      assert.equal(one?.linux?.resources?.unified["memory.high"]?.length, 6000);
    },
  },
  {
    what: "the state of 400 pods, 5 MB, comes in pieces",
    async holds(runtime) {
      await runtime.setState(stateOf(400, 11_000));
      const found = { pods: 0, containers: 0, bytes: 0, mounts: 0 };
      await using _ = await pluginOf(runtime, {
        synchronize(state) {
          for (const { annotations } of state.pods) found.pods += annotations.fat?.length === 11_000 ? 1 : 0;
          for (const { mounts } of state.containers) found.mounts += mounts.length;
          Object.assign(found, { containers: state.containerCount, bytes: state.bytes });
        },
      });
      await runtime.setState(stateOf(0));
      assert.deepEqual([found.pods, found.containers, found.mounts], [400, 400, 4800]);
      assert.ok(found.bytes > 5_000_000, `${found.bytes}`);
    },
  },
  {
    what: "thousands of events arrive in their order",
    async holds(runtime) {
      const count = rounds(10_000, 2_000);
      let [next, wrong] = [0, 0];
      await using _ = await pluginOf(runtime, {
        runPodSandbox({ pod }) {
          if (pod.id !== `p${next}`) wrong += 1;
          next += 1;
        },
      });
      for (let i = 0; i < count; i += 100) {
        const some = Array.from({ length: 100 }, (_, k) => eventOf("runPodSandbox", podOf(`p${i + k}`)));
        await Promise.all(some.map((request) => runtime.event("runPodSandbox", request)));
      }
      assert.deepEqual([next, wrong], [count, 0]);
    },
  },
  {
    what: "a runtime that was restarted is connected to again, and synchronizes anew",
    async holds(runtime) {
      const counts: number[] = [];
      const changes: string[] = [];
      const onChange = ({ state }: NriChange) => void changes.push(state);
      const handlers: NriHandlers = { synchronize: ({ podCount }) => void counts.push(podCount) };
      await using plugin = await pluginOf(runtime, handlers, { onChange });
      await runtime.setState(stateOf(3));
      await runtime.restart();
      await until(() => counts.length === 2);
      await until(() => plugin.runtime !== undefined);
      await runtime.setState(stateOf(0));
      assert.deepEqual(
        [counts, changes.slice(0, 2)],
        [
          [0, 3],
          ["synchronized", "lost"],
        ],
      );
    },
  },
  {
    what: "a plugin that is too slow is dropped, the pod goes on, and the plugin comes back",
    async holds(runtime) {
      const lost: string[] = [];
      const before = await runtime.synchronized();
      let isSlow = true;
      await using _ = await pluginOf(
        runtime,
        { runPodSandbox: () => (isSlow ? sleep(4000) : undefined) },
        { onChange: (change) => void (change.state === "lost" && lost.push(change.error.trouble)) },
      );
      assert.equal((await runtime.event("runPodSandbox", eventOf("runPodSandbox", pod))).error, undefined);
      isSlow = false;
      for (let tries = 0; (await runtime.synchronized()) < before + 2 && tries < 600; tries += 1)
        await sleep(20);
      assert.deepEqual(lost, ["closed"]);
      assert.equal((await runtime.event("runPodSandbox", eventOf("runPodSandbox", pod))).error, undefined);
    },
  },
];
