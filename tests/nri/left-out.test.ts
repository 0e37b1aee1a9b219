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

for (const nri of ["0.12", "0.8"] as const) {
  socketTest(
    `NRI ${nri}: what takes much memory comes lightened, and all else as it was sent`,
    async (directory) => {
      await using runtime = await PlayedRuntime.start(join(directory, "nri.sock"), { nri });
      const seen: unknown[] = [];
      const look = ({ container: { id, args, mounts, labels }, isLightened }: NriContainerEvent) => {
        seen.push([id, args.length, mounts.length, Object.keys(labels).length, isLightened]);
      };
      const handlers = {
        createContainer: (event: NriContainerEvent) => look(event) as undefined,
        startContainer: look,
      };
      const lighten = { aboveBytes: 100_000, leaveOut: ["mounts"] } as const;
      await using _ = await pluginOf(runtime, handlers, { leaveOut: ["labels"], lighten });
      const ask = async (more: object) => {
        for (const name of ["createContainer", "startContainer"] as const)
          await runtime.event(name, eventOf(name, pod, containerOf("c1", "p1", more)));
        return seen.splice(0);
      };
      const twice = (row: unknown) => [row, row];
      const usual = ["c1", container.args?.length, 12, 0, undefined];
      assert.deepEqual(await ask({}), twice(usual));
      const long = "a".repeat(50_000);
      assert.deepEqual(
        await ask({ labels: { a: long + long } }),
        twice(usual),
        "what is left out weighs nothing",
      );
      const mount = { source: long, destination: "/a" };
      assert.deepEqual(await ask({ mounts: [mount] }), twice(usual.with(2, 1)));
      assert.deepEqual(await ask({ mounts: [mount, mount] }), twice(["c1", usual[1], 0, 0, true]));
      assert.deepEqual(
        await ask({ mounts: Array.from({ length: 1000 }, () => ({})) }),
        twice(["c1", usual[1], 0, 0, true]),
      );
    },
  );
}

socketTest(
  "of hooks, devices and what else a container has of Linux, fields are left out each",
  async (directory) => {
    await using runtime = await PlayedRuntime.start(join(directory, "nri.sock"), { nri: "0.12" });
    const seen: unknown[] = [];
    await using _ = await pluginOf(
      runtime,
      {
        validateContainerAdjustment({ container: { hooks, linux } }) {
          const [hook] = hooks?.prestart ?? [];
          const [device] = linux?.devices ?? [];
          seen.push(hook?.path, hook?.args, hook?.env, device?.path, device?.minor, device?.fileMode);
          seen.push(linux?.namespaces[0]?.path, linux?.resources, linux?.sysctl);
          return undefined;
        },
      },
      {
        leaveOut: ["Hook.args", "LinuxDevice.fileMode", "LinuxContainer.resources", "LinuxContainer.sysctl"],
      },
    );
    const hook = { path: "/bin/true", args: ["true"], env: ["A=b"] };
    const device = { path: "/dev/x", type: "c", major: 1n, minor: 3n, fileMode: { value: 0o600 } };
    const linux = {
      ...{ devices: [device], namespaces: [{ type: "ipc", path: "/proc/1/ns/ipc" }] },
      ...{ resources: { unified: { a: "b" } }, sysctl: { a: "b" } },
    };
    const one = containerOf("c1", "p1", { hooks: { prestart: [hook] }, linux });
    await runtime.event("createContainer", eventOf("createContainer", pod, one));
    const ofHook = ["/bin/true", [], ["A=b"]];
    assert.deepEqual(seen, [...ofHook, "/dev/x", 3n, undefined, "/proc/1/ns/ipc", undefined, {}]);
  },
);
