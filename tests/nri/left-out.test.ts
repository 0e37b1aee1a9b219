import assert from "node:assert/strict";
import { join } from "node:path";
import { SynchronizeRequestSchema } from "../../ffi/nri/generated/nri_pb.ts";
import type { NriContainerEvent } from "../../ffi/nri/handlers.ts";
import { pluginOf } from "../support/nri/checks.ts";
import { bytesOf, containerOf, eventOf, podOf } from "../support/nri/messages.ts";
import { PlayedRuntime } from "../support/nri/played-runtime.ts";
import { socketTest } from "../support/ttrpc/served.ts";

const pod = podOf("p1");
const container = containerOf("c1", "p1", {
  annotations: { a: "b" },
  hooks: { prestart: [{ path: "/bin/true" }] },
});

for (const nri of ["0.12", "0.8"] as const) {
  socketTest(
    `NRI ${nri}: what is left out is empty for handlers, and all else is there`,
    async (directory) => {
      await using runtime = await PlayedRuntime.start(join(directory, "nri.sock"), { nri });
      await runtime.setState(bytesOf(SynchronizeRequestSchema, { pods: [pod], containers: [container] }));
      const seen: unknown[] = [];
      const look = ({ pod, container }: NriContainerEvent) => {
        seen.push([pod.id, pod.name, Object.keys(pod.labels).length, pod.pid]);
        seen.push([container.podSandboxId, container.mounts.length, container.args.length]);
        seen.push([container.annotations, container.hooks]);
      };
      await using _ = await pluginOf(
        runtime,
        {
          synchronize({ pods, containers }) {
            for (const pod of pods) for (const container of containers) look({ pod, container });
          },
          createContainer: (event) => look(event) as undefined,
          startContainer: look,
        },
        { leaveOut: ["labels", "annotations", "args", "hooks"] },
      );
      await runtime.event("createContainer", eventOf("createContainer", pod, container));
      await runtime.event("startContainer", eventOf("startContainer", pod, container));
      const once = [
        ["p1", "pod-p1", 0, 42],
        ["p1", 12, 0],
        [{}, undefined],
      ];
      assert.deepEqual(seen, [...once, ...once, ...once]);
    },
  );
}
