import { boundedText } from "../../words/bounded-text.ts";
import type { NodePod, PodState } from "../monitor/status.ts";
import { isId } from "./living.ts";

/** A pod as a runtime tells of it. */
export interface ToldPod {
  readonly id: string;
  readonly name: string;
  readonly namespace: string;
  /** 0 of one that was stopped. */
  readonly pid: number;
}

interface Known extends NodePod {
  state: PodState;
  readonly pid: number;
  /** When its process started, once that was seen. */
  started?: number | undefined;
}

// Kubernetes has names of at most 253 characters, and files have names of at most 255.
const MOST_TEXT = 255;
/** A runtime that tells of more pods is not believed: the list would not be whole. */
const MOST_PODS = 20_000;

/** The pods of a runtime. Names are cut, so that a pod takes little memory, whatever it is called. */
export class Pods {
  readonly #pods = new Map<string, Known>();
  #isWhole = true;

  get size(): number {
    return this.#pods.size;
  }

  /** Whether each pod that was told of is here. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  get ids(): string[] {
    return [...this.#pods.keys()];
  }

  /** Takes a pod as it is now told; gives its state. */
  put({ id, name, namespace, pid }: ToldPod): PodState | undefined {
    if (!isId(id) || (this.#pods.size >= MOST_PODS && !this.#pods.has(id))) {
      this.#isWhole = false;
      return undefined;
    }
    const state = pid > 0 ? "running" : "stopped";
    const text = (long: string) => boundedText(long, MOST_TEXT);
    this.#pods.set(text(id), { name: text(name), namespace: text(namespace), state, pid });
    return state;
  }

  /** A pod was stopped; gives its state. */
  stop(pod: ToldPod): PodState | undefined {
    return this.put({ ...pod, pid: 0 });
  }

  /** A pod is gone; gives whether it was known. */
  remove(id: string): boolean {
    return this.#pods.delete(id);
  }

  podOf(id: string): NodePod | undefined {
    const pod = this.#pods.get(id);
    return pod && { name: pod.name, namespace: pod.namespace, state: pod.state };
  }

  /** How many there are of each state. */
  counts(): Record<PodState, number> {
    const counts: Record<PodState, number> = { running: 0, stopped: 0, "process-gone": 0, listed: 0 };
    for (const { state } of this.#pods.values()) counts[state] += 1;
    return counts;
  }

  /**
   * Looks at the process of each pod that runs, one after the other: of one that ended no runtime tells. Gives the pod's id if it has.
   * `startedAt` says when a process started, and undefined for one that is not there.
   */
  *look(startedAt: (pid: number) => number | undefined): Generator<string | undefined> {
    for (const [id, pod] of this.#pods) {
      if (pod.state !== "running") continue;
      const started = startedAt(pod.pid);
      pod.started ??= started;
      const isGone = started === undefined || started !== pod.started;
      if (isGone) pod.state = "process-gone";
      yield isGone ? id : undefined;
    }
  }
}
