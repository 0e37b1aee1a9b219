import type { Spec } from "../../../../ffi/agent/generated/oci_pb.ts";
import type { AgentStorage } from "../../../../ffi/mod.ts";
import { ByteQueue } from "./byte-queue.ts";
import type { PlayedMachine } from "./machine.ts";
import type { PlayedProcess } from "./played-process.ts";
import { unknownContainer, unknownProcess } from "./refuse.ts";
import { StorageKeeper } from "./storage-keeper.ts";
import { Turns } from "./turns.ts";

/** A container as the agent knows it. */
export interface PlayedContainer {
  readonly id: string;
  readonly spec: Spec;
  readonly storages: readonly AgentStorage[];
  /** By their exec ids: the first one's is the container's id. */
  readonly processes: Map<string, PlayedProcess>;
  /** Those whose status was asked for already, too. */
  readonly all: PlayedProcess[];
}

/** All that a played agent knows. */
export class PlayedSandbox {
  readonly machine: PlayedMachine;
  readonly storages: StorageKeeper;
  /** The agent's lock. */
  readonly turns: Turns = new Turns();
  readonly containers: Map<string, PlayedContainer> = new Map();
  /** The ids of containers whose memory ran out, one a line. */
  readonly outOfMemory: ByteQueue = new ByteQueue();
  /** Roots in which a container left device nodes. */
  readonly rootsWithDevices: Set<string> = new Set();
  /** Empty until the sandbox is made. */
  id = "";
  hasNamespaces = false;

  constructor(machine: PlayedMachine) {
    this.machine = machine;
    this.storages = new StorageKeeper(machine);
  }

  /** @throws {TtrpcRefusal} if there is none. */
  container(id: string): PlayedContainer {
    const found = this.containers.get(id);
    if (!found) throw unknownContainer();
    return found;
  }

  /**
   * The process of an exec id, or the first one for an empty id; its status must not have been asked for.
   *
   * @throws {TtrpcRefusal} if there is none.
   */
  process(id: string, execId: string): PlayedProcess {
    const container = this.containers.get(id);
    if (!container) throw unknownProcess("InvalidContainerId");
    const found = container.processes.get(execId === "" ? id : execId);
    if (!found) throw unknownProcess(execId === "" ? "InitProcessNotFound" : "InvalidExecId");
    return found;
  }

  /** Ends all processes of a container, and lets go of all that it had. */
  async remove(container: PlayedContainer): Promise<void> {
    await killAll(container);
    await this.machine.leave(container.id);
    await this.storages.remove(container.storages);
    this.containers.delete(container.id);
  }
}

const SIGKILL = 9;

/** Kills all processes of a container that were started. */
export async function killAll({ all }: PlayedContainer): Promise<void> {
  for (const each of all.filter(({ isStarted }) => isStarted)) {
    const running = await each.running;
    await running.signal(SIGKILL);
    await running.exited;
  }
}
