import type { NriEventName } from "../../../ffi/nri/events.ts";
import type { PodStep } from "./node-pods.ts";

/** What is done to a pod, while a plugin listens that may refuse some of its events. */
export interface Life {
  readonly what: string;
  readonly refuses?: NriEventName;
  readonly steps: readonly PodStep[];
}

const started: readonly PodStep[] = [
  ["runPod", "p1"],
  ["createContainer", "p1", "c1"],
  ["startContainer", "c1"],
];
const undone: PodStep = ["removePodByForce", "p1"];

/** Lives whose events are recorded from real runtimes, and which the played one has to live in the same way. */
export const lives: readonly Life[] = [
  {
    what: "a pod and its container, ended one after the other",
    steps: [
      ...started,
      ["updateContainer", "c1"],
      ["stopContainer", "c1"],
      ["removeContainer", "c1"],
      ["stopPod", "p1"],
      ["removePod", "p1"],
    ],
  },
  { what: "a pod that is removed by force while its container runs", steps: [...started, undone] },
  {
    what: "a pod without containers, stopped twice",
    steps: [
      ["runPod", "p1"],
      ["stopPod", "p1"],
      ["stopPod", "p1"],
      ["removePod", "p1"],
    ],
  },
  {
    what: "a pod that is stopped while its container runs",
    steps: [...started, ["stopPod", "p1"], ["removePod", "p1"]],
  },
  {
    what: "a container whose process ends by itself",
    steps: [
      ["runPod", "p1"],
      ["createContainer", "p1", "c1", "700"],
      ["startContainer", "c1"],
      ["endContainer", "c1"],
      ["stopContainer", "c1"],
      ["removeContainer", "c1"],
      undone,
    ],
  },
  {
    what: "a container that never starts",
    steps: [["runPod", "p1"], ["createContainer", "p1", "c1"], ["removeContainer", "c1"], undone],
  },
  {
    what: "two containers, one after the other",
    steps: [
      ...started,
      ["createContainer", "p1", "c2"],
      ["startContainer", "c2"],
      ["stopContainer", "c1"],
      ["removeContainer", "c1"],
      undone,
    ],
  },
  { what: "a refused pod", refuses: "runPodSandbox", steps: [["runPod", "p1"]] },
  {
    what: "a container that is refused before it is made",
    refuses: "createContainer",
    steps: [["runPod", "p1"], ["createContainer", "p1", "c1"], undone],
  },
  {
    what: "a container that is refused by the validation",
    refuses: "validateContainerAdjustment",
    steps: [["runPod", "p1"], ["createContainer", "p1", "c1"], undone],
  },
  {
    what: "a container that is refused when it starts",
    refuses: "startContainer",
    steps: [...started, ["removeContainer", "c1"], undone],
  },
  {
    what: "a stop of a container that is refused",
    refuses: "stopContainer",
    steps: [...started, ["stopContainer", "c1"], undone],
  },
  {
    what: "a stop of a pod that is refused",
    refuses: "stopPodSandbox",
    steps: [
      ["runPod", "p1"],
      ["stopPod", "p1"],
      ["removePod", "p1"],
    ],
  },
  {
    what: "a removal of a pod that is refused",
    refuses: "removePodSandbox",
    steps: [
      ["runPod", "p1"],
      ["stopPod", "p1"],
      ["removePod", "p1"],
    ],
  },
];
