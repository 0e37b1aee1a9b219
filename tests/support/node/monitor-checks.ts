import assert from "node:assert/strict";
import { kill } from "node:process";
// @ts-expect-error It has no types.
import parsePrometheus from "parse-prometheus-text-format";
import type { NriEventName } from "../../../ffi/nri/events.ts";
import { SynchronizeRequestSchema } from "../../../ffi/nri/generated/nri_pb.ts";
import { bytesOf, containerOf, eventOf, podOf } from "../nri/messages.ts";
import type { TestRuntime } from "../nri/test-runtime.ts";
import { isShort, rounds, sampleOf } from "../sample.ts";
import { MonitorChild } from "./monitor-child.ts";

/** Something that holds with every runtime and a monitor with a gate, in a directory of its own. */
export interface MonitorCheck {
  readonly what: string;
  readonly only?: TestRuntime["nri"];
  readonly holds: (runtime: TestRuntime, directory: string) => Promise<void>;
}

const MiB = 1024 * 1024;
const pod = podOf("p1");
const container = containerOf("c1", "p1");
const rootBind = { destination: "/host", source: "/", type: "bind", options: ["rbind"] };
const moments = [
  ...([
    ["running", "runPodSandbox"],
    ["stopped", "stopPodSandbox"],
    ["removed", "removePodSandbox"],
  ] as const),
  ...([
    ["startContainer", "startContainer"],
    ["validateContainerAdjustment", "createContainer"],
  ] as const),
] as const;

/** What deceives whoever reads it: in a terminal, in a line of a log, in metrics, in JSON, and in a program's objects. */
const deceits = [
  ...["\u001b]0;owned\u0007\u001b[2J", 'a"b\\c{d="e"} 1\n# TYPE guestshare_mounts counter\n', "a\r\nb\tc\vd"],
  ...["\u202egnp.exe\u2066", "a\0b", "\u2028\u2029\u0085", "__proto__", "constructor", "💥".repeat(400), ""],
];

const deaths = moments.map(
  ([moment, event]): MonitorCheck => ({
    what: `a monitor that is killed at ${moment} is gone, and the next event goes on`,
    ...(moment === "validateContainerAdjustment" && { only: "0.12" }),
    async holds(runtime, directory) {
      await runtime.setState(bytesOf(SynchronizeRequestSchema, { pods: moment === "running" ? [] : [pod] }));
      await using monitor = await MonitorChild.start(runtime, directory, moment);
      const { error } = await runtime.event(event, eventOf(event, pod, container));
      // A gate that dies refuses this one container; all else goes on.
      if (moment === "validateContainerAdjustment") assert.match(error ?? "", /validator plugin .* failed/);
      else assert.equal(error, undefined);
      assert.equal(await monitor.endedBy(), "SIGKILL");
      await using next = await MonitorChild.start(runtime, directory);
      assert.equal((await runtime.event(event, eventOf(event, pod, container))).error, undefined);
      assert.equal((await next.knows()).status.living.isKnown, true);
    },
  }),
);

const heavy = { annotations: { fat: "a".repeat(3.9 * MiB) } };
interface Heavy {
  readonly what: string;
  readonly name: NriEventName;
  readonly pod?: Parameters<typeof podOf>[1];
  readonly container?: Parameters<typeof containerOf>[2];
}

const memories: readonly Heavy[] = [
  { what: "a pod's annotations", name: "runPodSandbox", pod: heavy },
  { what: "a container's annotations", name: "startContainer", container: heavy },
  { what: "terminal escapes", name: "startContainer", container: { env: ["\u001b".repeat(3.9 * MiB)] } },
];

// They take longest, so the short run has none.
const bounds = (isShort ? [] : memories).map(
  ({ what, name, pod: morePod, container: moreContainer }): MonitorCheck => ({
    what: `messages of 4 MB of ${what} take no more than three times as much, however many they are`,
    async holds(runtime, directory) {
      await using monitor = await MonitorChild.start(runtime, directory);
      const small = eventOf("startContainer", pod, container);
      // A runtime of JavaScript takes memory for what is new, by and by.
      for (let i = 0; i < 1000; i += 1) await runtime.event("startContainer", small);
      const before = monitor.memory;
      const request = eventOf(name, podOf("p", morePod), containerOf("c", "p", moreContainer));
      // On a busy machine the collector's threads may come late once, but what is kept is there in each round.
      let grown = Number.POSITIVE_INFINITY;
      for (let round = 0; round < 4 && grown >= 3 * request.length; round += 1) {
        monitor.takePeak();
        for (let i = 0; i < 30; i += 1) await runtime.event(name, request);
        grown = monitor.takePeak() - before;
      }
      const shown = `${(grown / MiB).toFixed(1)} MiB by ${(request.length / MiB).toFixed(1)} MiB`;
      assert.ok(grown < 3 * request.length, shown);
      assert.equal((await monitor.knows()).status.living.losses, 0);
    },
  }),
);

/** What holds with the played runtimes and with NRI's own library. */
export const monitorChecks: readonly MonitorCheck[] = [
  ...sampleOf(deaths, 2),
  ...bounds,
  {
    what: "pods and containers that deceive are told as they are, and no line of metrics breaks",
    async holds(runtime, directory) {
      await using monitor = await MonitorChild.start(runtime, directory);
      for (const [i, text] of deceits.entries()) {
        const hostile = podOf(`p${i}`, {
          ...{ name: text, namespace: text, uid: text, runtimeHandler: text },
          ...{ labels: { [text]: text }, annotations: { [text]: text } },
        });
        const mounts = [{ destination: text, source: text, type: "bind", options: [text] }];
        const own = containerOf("c", `p${i}`, { name: text, args: [text], env: [text], mounts });
        assert.equal(
          (await runtime.event("runPodSandbox", eventOf("runPodSandbox", hostile))).error,
          undefined,
        );
        const { error = "" } = await runtime.event("startContainer", eventOf("startContainer", hostile, own));
        assert.match(error, /relative-source/, JSON.stringify(text));
        assert.match(error, /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]{1,3000}$/u, JSON.stringify(text));
      }
      const { status, metrics, told } = await monitor.knows();
      assert.deepEqual([status.living.pods.running, status.gate?.refused], [deceits.length, deceits.length]);
      assert.deepEqual([told.running, told.refused], [deceits.length, deceits.length]);
      assert.ok((parsePrometheus(metrics) as unknown[]).length > 10);
      assert.doesNotMatch(metrics.replaceAll("\n", ""), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
    },
  },
  {
    what: "of thousands of events each is heard, while containers are judged",
    async holds(runtime, directory) {
      await using monitor = await MonitorChild.start(runtime, directory);
      const harmful = eventOf("startContainer", pod, containerOf("c", "p1", { mounts: [rootBind] }));
      const hundreds = rounds(100, 20);
      for (let i = 0; i < hundreds; i += 1) {
        const some = Array.from({ length: 50 }, (_, k) => podOf(`p${i}-${k}`)).flatMap((one) => [
          runtime.event("runPodSandbox", eventOf("runPodSandbox", one)),
          runtime.event("removePodSandbox", eventOf("removePodSandbox", one)),
        ]);
        await Promise.all(some);
        assert.match((await runtime.event("startContainer", harmful)).error ?? "", /host-root/);
      }
      const { told, status } = await monitor.knows();
      assert.deepEqual(
        [told.running, told.removed, told.refused, told.gap],
        [50 * hundreds, 50 * hundreds, hundreds, undefined],
      );
      assert.deepEqual(
        [status.living.pods.running, status.living.losses, status.gate?.refused],
        [0, 0, hundreds],
      );
    },
  },
  {
    what: "a monitor that stands still is dropped, the pod goes on, and the monitor comes back with what it missed",
    async holds(runtime, directory) {
      await using monitor = await MonitorChild.start(runtime, directory);
      const before = await runtime.synchronized();
      kill(monitor.pid, "SIGSTOP");
      assert.equal((await runtime.event("runPodSandbox", eventOf("runPodSandbox", pod))).error, undefined);
      await runtime.setState(bytesOf(SynchronizeRequestSchema, { pods: [pod], containers: [container] }));
      kill(monitor.pid, "SIGCONT");
      await monitor.synchronizedSince(runtime, before);
      assert.match(
        (
          await runtime.event(
            "startContainer",
            eventOf("startContainer", pod, containerOf("c", "p1", { mounts: [rootBind] })),
          )
        ).error ?? "",
        /host-root/,
      );
      const { told, status } = await monitor.knows();
      assert.deepEqual([status.living.pods.running, told.lost, told.connected], [1, 1, 1]);
    },
  },
];
