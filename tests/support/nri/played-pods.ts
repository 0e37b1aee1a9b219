import type { NriEventName } from "../../../ffi/nri/events.ts";
import { ContainerState } from "../../../ffi/nri/generated/container_pb.ts";
import { SynchronizeRequestSchema } from "../../../ffi/nri/generated/nri_pb.ts";
import { bytesOf, containerOf, eventOf, podOf } from "./messages.ts";
import type { NodePods } from "./node-pods.ts";
import type { TestRuntime } from "./test-runtime.ts";

interface PlayedContainer {
  readonly name: string;
  readonly pod: PlayedPod;
  state: ContainerState;
  pid: number;
  exitCode: number;
}

interface PlayedPod {
  readonly name: string;
  pid: number;
  readonly containers: Map<string, PlayedContainer>;
}

const {
  CONTAINER_UNKNOWN: UNKNOWN,
  CONTAINER_CREATED: CREATED,
  CONTAINER_RUNNING: RUNNING,
  CONTAINER_STOPPED: STOPPED,
} = ContainerState;
const KILLED = 137;
const NOT_STARTED = 128;

/** Pods and containers of a runtime that is played, whose events come as containerd was recorded to send them. */
export class PlayedPods implements NodePods {
  readonly #runtime: TestRuntime;
  readonly #pods = new Map<string, PlayedPod>();
  #lastPid = 100;

  constructor(runtime: TestRuntime) {
    this.#runtime = runtime;
  }

  async runPod(name: string): Promise<void> {
    const pod = { name, pid: this.#newPid(), containers: new Map() };
    const error = await this.#ofPod("runPodSandbox", pod);
    if (error === undefined) this.#pods.set(name, pod);
    else for (const event of ["stopPodSandbox", "removePodSandbox"] as const) await this.#ofPod(event, pod);
    await this.#settle(error, "NRI RunPodSandbox failed");
  }

  async createContainer(podName: string, name: string): Promise<void> {
    const pod = this.#pod(podName);
    const container: PlayedContainer = { name, pod, state: UNKNOWN, pid: 0, exitCode: 0 };
    const error = await this.#of("createContainer", container);
    if (error === undefined) {
      pod.containers.set(name, container);
      container.state = CREATED;
      await this.#of("postCreateContainer", container);
    } else
      for (const event of ["stopContainer", "removeContainer"] as const) await this.#of(event, container);
    await this.#settle(
      error,
      "failed to create containerd container: failed to get NRI adjustment for container",
    );
  }

  async startContainer(name: string): Promise<void> {
    const container = this.#container(name);
    container.pid = this.#newPid();
    const error = await this.#of("startContainer", container);
    if (error === undefined) {
      container.state = RUNNING;
      await this.#of("postStartContainer", container);
    } else {
      await this.#of("stopContainer", container);
      Object.assign(container, { state: STOPPED, pid: 0, exitCode: this.#isOld ? 0 : NOT_STARTED });
    }
    await this.#settle(error, "NRI container start failed");
  }

  async updateContainer(name: string): Promise<void> {
    const container = this.#container(name);
    const error = await this.#of("updateContainer", container);
    if (error === undefined) await this.#of("postUpdateContainer", container);
    await this.#settle(error, "NRI container update failed");
  }

  endContainer(name: string): Promise<void> {
    return this.#ended(this.#container(name), 0);
  }

  async stopContainer(name: string): Promise<void> {
    const container = this.#container(name);
    if (container.state === RUNNING) await this.#ended(container, KILLED);
  }

  async removeContainer(name: string): Promise<void> {
    const container = this.#container(name);
    if (container.state === RUNNING) await this.#ended(container, KILLED);
    if (container.state === CREATED) await this.#of("stopContainer", container);
    else if (!this.#isOld) container.state = UNKNOWN;
    await this.#of("removeContainer", container);
    container.pod.containers.delete(name);
    await this.#settle();
  }

  async stopPod(name: string): Promise<void> {
    const pod = this.#pod(name);
    if (pod.pid === 0) return;
    for (const one of pod.containers.values()) if (one.state === RUNNING) await this.#ended(one, KILLED);
    pod.pid = 0;
    await this.#ofPod("stopPodSandbox", pod);
    await this.#settle();
  }

  async removePod(name: string): Promise<void> {
    const pod = this.#pod(name);
    for (const container of pod.containers.keys()) await this.removeContainer(container);
    await this.#ofPod("removePodSandbox", pod);
    this.#pods.delete(name);
    await this.#settle();
  }

  async removePodByForce(name: string): Promise<void> {
    await this.stopPod(name);
    await this.removePod(name);
  }

  async #ended(container: PlayedContainer, exitCode: number): Promise<void> {
    if (!this.#isOld) Object.assign(container, { state: STOPPED, exitCode });
    await this.#of("stopContainer", container);
    Object.assign(container, { state: STOPPED, pid: 0 });
    await this.#settle();
  }

  /** Tells the runtime what a plugin that connects now is told, and CRI's client why something was refused. */
  async #settle(error?: string, what = ""): Promise<void> {
    const pods = [...this.#pods.values()];
    const containers = pods
      .flatMap((pod) => [...pod.containers.values()])
      .filter(({ state }) => state !== STOPPED);
    const state = { pods: pods.map(messageOf), containers: containers.map(messageOfContainer) };
    await this.#runtime.setState(bytesOf(SynchronizeRequestSchema, state));
    if (error === undefined) return;
    const [, code, reason] = /^([A-Z_]+): (.*)$/.exec(error) ?? [];
    const status = `code = ${code ? inCamelCase(code) : "Unknown"} desc = `;
    throw new Error(`${status}${what}: ${code ? `rpc error: ${status}${reason}` : error}`);
  }

  async #ofPod(name: NriEventName, pod: PlayedPod): Promise<string | undefined> {
    return (await this.#runtime.event(name, eventOf(name, messageOf(pod)))).error;
  }

  async #of(name: NriEventName, container: PlayedContainer): Promise<string | undefined> {
    const request = eventOf(name, messageOf(container.pod), messageOfContainer(container));
    return (await this.#runtime.event(name, request)).error;
  }

  /** NRI 0.8 is told of a container's end before the container has its state and exit code, and never of the exit code. */
  get #isOld(): boolean {
    return this.#runtime.nri === "0.8";
  }

  #pod(name: string): PlayedPod {
    return this.#pods.get(name) as PlayedPod;
  }

  #container(name: string): PlayedContainer {
    const all = [...this.#pods.values()].flatMap(({ containers }) => [...containers.values()]);
    return all.find((container) => container.name === name) as PlayedContainer;
  }

  #newPid(): number {
    this.#lastPid += 1;
    return this.#lastPid;
  }
}

const messageOf = ({ name, pid }: PlayedPod) => podOf(`id-${name}`, { name, pid });

function messageOfContainer({ name, pod, state, pid, exitCode }: PlayedContainer) {
  return containerOf(`id-${name}`, `id-${pod.name}`, { name, state, pid, exitCode });
}

function inCamelCase(code: string): string {
  return code.toLowerCase().replace(/(?:^|_)(.)/g, (_, letter: string) => letter.toUpperCase());
}
