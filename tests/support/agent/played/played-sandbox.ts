import type { Spec } from "../../../../ffi/agent/generated/oci_pb.ts";
import type { AgentStorage } from "../../../../ffi/mod.ts";
import type { AgentTraits, OwnWords } from "../agent-traits.ts";
import { ByteQueue } from "./byte-queue.ts";
import type { PlayedMachine } from "./machine.ts";
import type { PlayedProcess } from "./played-process.ts";
import { missing, unknownContainer } from "./refuse.ts";
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
  readonly traits: AgentTraits;
  readonly storages: StorageKeeper;
  /** The agent's lock. */
  readonly turns: Turns = new Turns();
  readonly containers: Map<string, PlayedContainer> = new Map();
  /** The ids of containers whose memory ran out, one a line. */
  readonly outOfMemory: ByteQueue = new ByteQueue();
  /** Directories, roots or binds, in which a container left device nodes. */
  readonly placesWithDevices: Set<string> = new Set();
  /** Empty until the sandbox is made. */
  id = "";
  hasNamespaces = false;

  constructor(machine: PlayedMachine, traits: AgentTraits) {
    this.machine = machine;
    this.traits = traits;
    this.storages = new StorageKeeper(machine, traits);
  }

  /** @throws {TtrpcRefusal} if there is none. */
  container(id: string): PlayedContainer {
    const found = this.containers.get(id);
    if (!found) throw unknownContainer();
    return found;
  }

  /**
   * The process of an exec id, or the first one for an empty id; its status must not have been asked for. `call` has words of its own.
   *
   * @throws {TtrpcRefusal} if there is none.
   */
  process(id: string, execId: string, call?: OwnWords): PlayedProcess {
    const container = this.containers.get(id);
    if (!container) throw missing(this.traits, "container", id, call);
    const found = container.processes.get(execId === "" ? id : execId);
    if (!found) throw missing(this.traits, execId === "" ? "first process" : "process", id, call);
    return found;
  }

  /** Starts a process, and notes if the container's memory runs out. */
  async begin(id: string, process: PlayedProcess): Promise<void> {
    process.start(await this.machine.run(id, process.process, process));
    void process.exited
      .then(() => this.machine.ranOut(id))
      .then((ranOut) => ranOut && this.outOfMemory.push(new TextEncoder().encode(id)))
      .catch(() => {}); // the guest is gone
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
