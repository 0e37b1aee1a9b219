import { eventRows, type NriEventName } from "../../../ffi/nri/events.ts";
import type { Container, PodSandbox } from "../../../ffi/nri/generated/container_pb.ts";
import type { NriHandlers } from "../../../ffi/nri/handlers.ts";
import { TtrpcRefusal } from "../../../ffi/ttrpc/refusal.ts";
import type { Life } from "./lives.ts";
import type { NodePods } from "./node-pods.ts";

/** What came of one thing that was done: the events that a plugin heard, and what CRI's client was told. */
export interface HeardStep {
  readonly step: string;
  readonly hears: readonly string[];
  readonly error?: string;
}

/** The reason of each refusal. */
export const REASON = "not on this node";

/** Lives a life while a plugin listens. `connect` gives the plugin once the runtime asks it. */
export async function hear(
  { refuses, steps }: Life,
  pods: NodePods,
  connect: (handlers: NriHandlers) => Promise<AsyncDisposable>,
): Promise<HeardStep[]> {
  const lines: string[] = [];
  await using _ = await connect(
    Object.fromEntries(eventRows.map(({ name }) => [name, listener(name, lines, refuses)])),
  );
  const heard: HeardStep[] = [];
  for (const [name, ...names] of steps) {
    const error = await (pods[name] as (...names: string[]) => Promise<void>).apply(pods, names).then(
      () => undefined,
      (error: Error) => error.message,
    );
    heard.push({
      step: [name, ...names].join(" "),
      hears: lines.splice(0),
      ...(error !== undefined && { error }),
    });
  }
  return heard;
}

function listener(name: NriEventName, lines: string[], refused: NriEventName | undefined) {
  return ({ pod, container }: { pod: PodSandbox; container?: Container }) => {
    const podWords = isAboutTheEnd(name) ? [pod.name] : wordsOfPod(pod);
    lines.push([name, ...podWords, ...(container ? wordsOfContainer(container) : [])].join(" "));
    if (name !== refused) return undefined;
    if (name === "validateContainerAdjustment") return { reject: true, reason: REASON };
    throw new TtrpcRefusal("PERMISSION_DENIED", REASON);
  };
}

/** While a pod ends, it is a matter of chance whether it still has a process. */
function isAboutTheEnd(name: NriEventName): boolean {
  return ["stopPodSandbox", "removePodSandbox", "removeContainer"].includes(name);
}

/** A pod has no state: whether it has a process is all that is said. */
function wordsOfPod({ name, pid }: PodSandbox): string[] {
  return [name, pid > 0 ? "with-process" : "without-process"];
}

// By their numbers.
const states = ["unknown", "created", "paused", "running", "stopped"];

function wordsOfContainer({ name, pid, state, exitCode }: Container): string[] {
  return [
    name,
    states[state] ?? `state-${state}`,
    ...(pid > 0 ? ["with-process"] : []),
    ...(exitCode !== 0 ? [`exit-${exitCode}`] : []),
  ];
}
