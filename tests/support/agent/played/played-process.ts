import type { Process } from "../../../../ffi/agent/generated/oci_pb.ts";
import { ByteQueue } from "./byte-queue.ts";
import type { RunningProcess } from "./machine.ts";
import { internal } from "./refuse.ts";

/** A process of a container as the agent knows it, from its creation until its status was asked for. */
export class PlayedProcess {
  /** What runs, and with what. */
  readonly process: Process;
  /** Whether it is the container's first. */
  readonly isFirst: boolean;
  readonly stdout: ByteQueue = new ByteQueue();
  readonly stderr: ByteQueue = new ByteQueue();
  readonly #started: Promise<RunningProcess>;
  #begin: (running: RunningProcess) => void = () => {};
  #isStarted = false;
  #hasEnded = false;

  constructor(process: Process, { isFirst }: { isFirst: boolean }) {
    this.process = process;
    this.isFirst = isFirst;
    this.#started = new Promise((resolve) => {
      this.#begin = resolve;
    });
  }

  start(running: RunningProcess): void {
    this.#isStarted = true;
    this.#begin(running);
    const end = () => {
      this.#hasEnded = true;
    };
    running.exited.then(end, end);
  }

  get isStarted(): boolean {
    return this.#isStarted;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Waits until it was started. */
  get running(): Promise<RunningProcess> {
    return this.#started;
  }

  /** Its status when it has ended. */
  get exited(): Promise<number> {
    return this.#started.then(({ exited }) => exited);
  }

  /** Both outputs of a process with a terminal are one, which ends with an error. */
  async read(name: "stdout" | "stderr", most: number): Promise<Uint8Array> {
    const { terminal } = this.process;
    const data = await this[terminal ? "stdout" : name].read(most);
    if (terminal && data.length === 0) throw internal("Input/output error (os error 5)");
    return data;
  }
}
