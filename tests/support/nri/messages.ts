import { create, type DescMessage, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import type { NriEventName } from "../../../ffi/nri/events.ts";
import type { ContainerSchema, PodSandboxSchema } from "../../../ffi/nri/generated/container_pb.ts";
import { SynchronizeRequestSchema } from "../../../ffi/nri/generated/nri_pb.ts";
import { rowOf } from "./played-plugin.ts";

type PodInit = MessageInitShape<typeof PodSandboxSchema>;
type ContainerInit = MessageInitShape<typeof ContainerSchema>;

/** A pod as CRI makes it. */
export function podOf(id: string, more: PodInit = {}): PodInit {
  return {
    ...{ id, name: `pod-${id}`, uid: `uid-${id}`, namespace: "default", runtimeHandler: "kata", pid: 42 },
    labels: { app: "web", "io.kubernetes.pod.name": `pod-${id}` },
    annotations: { "io.kubernetes.cri.container-type": "sandbox" },
    ...more,
  };
}

/** A container of a pod, with as many mounts as CRI's have. */
export function containerOf(id: string, podSandboxId: string, more: ContainerInit = {}): ContainerInit {
  const mounts = Array.from({ length: 12 }, (_, i) => ({
    ...{ destination: `/volumes/${i}`, type: "bind", options: ["rbind", "rprivate", "ro"] },
    source: `/var/lib/kubelet/pods/uid-${podSandboxId}/volumes/kubernetes.io~configmap/volume-${i}`,
  }));
  return { id, podSandboxId, name: `container-${id}`, args: ["/pause"], env: ["PATH=/bin"], mounts, ...more };
}

/** The bytes of an event's request. */
export function eventOf(
  name: NriEventName,
  pod: PodInit | undefined,
  container?: ContainerInit,
  more: object = {},
): Uint8Array {
  const { request } = rowOf(name);
  return bytesOf(request, { pod, ...("container" in request.field && { container }), ...more });
}

/** The bytes of a state of so many pods with a container each, whose annotations have so many characters. */
export function stateOf(pods: number, characters = 0): Uint8Array {
  const annotations = { fat: "a".repeat(characters) };
  const all = Array.from({ length: pods }, (_, i) => `p${i}`);
  return bytesOf(SynchronizeRequestSchema, {
    pods: all.map((id) => podOf(id, { annotations })),
    containers: all.map((id) => containerOf(`c${id}`, id)),
  });
}

/** The bytes of a message. */
export function bytesOf(schema: DescMessage, init: object): Uint8Array {
  return toBinary(schema, create(schema, init as never));
}
