import { constants } from "node:os";
import type { AgentCallOptions } from "../agent.ts";
import { AgentError } from "../agent-error.ts";
import type { ProcessInit } from "../spec/process-part.ts";
import type { Output } from "./output.ts";
import { outputOf, type StreamPlace, writeAll } from "./process-streams.ts";
import { GuestSandboxError } from "./sandbox-error.ts";

/** Which process of which container, and how its agent is asked. */
export interface ProcessPlace extends StreamPlace {
  readonly timeoutMs: number | undefined;
  /** Whether others may be reading it: then it is read from its first use on. */
  readonly isElsewhere: boolean;
  /** Starts another process in the container. */
  readonly exec: (process: ProcessInit, options: AgentCallOptions) => Promise<GuestProcess>;
  /** Is called when its end was told, or cannot be. */
  readonly forget: () => void;
}

/** A process in a container of a guest, with its streams. */
export class GuestProcess {
  /** The id of its container. */
  readonly container: string;
  /** Its own id in the container; of a container's first process, the container's. */
  readonly id: string;
  /** What it reads. Closing the stream is the end of its input. */
  readonly stdin: WritableStream<Uint8Array>;
  /** What it writes; with a terminal, its errors as well. A mebibyte waits for a reader, then the process waits. */
  readonly stdout: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Its errors. */
  readonly stderr: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly #place: ProcessPlace;
  readonly #outputs: readonly Output[];
  #exited: Promise<number> | undefined;

  /** The process at a place; it runs already. */
  constructor(place: ProcessPlace) {
    const { agent, containerId, execId } = place;
    this.#place = place;
    this.container = containerId;
    this.id = execId;
    const outputs = { stdout: outputOf(place, "readStdout"), stderr: outputOf(place, "readStderr") };
    this.#outputs = Object.values(outputs);
    this.stdout = outputs.stdout.stream;
    this.stderr = outputs.stderr.stream;
    this.stdin = new WritableStream({
      write: (bytes, { signal }) => writeAll(place, bytes, signal),
      close: () => agent.closeStdin({ containerId, execId }, this.#with({})),
      abort: () => agent.closeStdin({ containerId, execId }, this.#with({})),
    });
    if (!place.isElsewhere) void this.exited;
  }

  /**
   * Its exit code, 128 and the number of the signal if a signal ended it; of an agent 3.8, the number alone. It is asked for once both
   * outputs were read or canceled, because the agent forgets output then: a process that writes much has to be read.
   */
  get exited(): Promise<number> {
    if (!this.#exited) {
      this.#exited = this.#wait().finally(() => this.#place.forget());
      // Not everybody asks how it ended.
      this.#exited.catch(() => {});
    }
    return this.#exited;
  }

  /**
   * Starts another process in the container. One whose start is not answered in time, or is aborted, is killed if it runs after all.
   *
   * @throws {FormatError} for what is no process, and for a field that no agent is told.
   * @throws {AgentError} if the agent cannot.
   */
  exec(process: ProcessInit, options: AgentCallOptions = {}): Promise<GuestProcess> {
    return this.#place.exec(process, options);
  }

  /**
   * Sends it a signal, by its number or by its name in Linux. A container's first process that does not handle SIGTERM gets SIGKILL.
   *
   * @throws {AgentError} if it is over, or the agent refuses.
   */
  async signal(
    signal: number | keyof typeof constants.signals,
    options: AgentCallOptions = {},
  ): Promise<void> {
    const number = typeof signal === "number" ? signal : constants.signals[signal];
    if (!Number.isInteger(number)) throw new TypeError(`there is no signal ${JSON.stringify(signal)}`);
    const { agent, containerId, execId } = this.#place;
    await agent.signalProcess({ containerId, execId, signal: number }, this.#with(options));
  }

  /**
   * Tells its terminal how large it is.
   *
   * @throws {AgentError} without a terminal.
   */
  async resize(
    { rows, columns }: { readonly rows: number; readonly columns: number },
    options: AgentCallOptions = {},
  ): Promise<void> {
    const { agent, containerId, execId } = this.#place;
    await agent.ttyWinResize({ containerId, execId, row: rows, column: columns }, this.#with(options));
  }

  /**
   * Waits until its output was read and its end is told, once it was killed; for so long at most. Whoever reads goes on, what nobody
   * reads is thrown away, and a stream that did not come to its end fails. One that is not in use here is left alone.
   */
  async settle(timeoutMs: number): Promise<void> {
    const act = `read ${JSON.stringify(this.id)} to its end`;
    const cut = new GuestSandboxError({ act, trouble: "removed", subjects: [this.container] });
    const timer = setTimeout(() => {
      for (const output of this.#outputs) output.abandon(cut);
    }, timeoutMs);
    await Promise.all(this.#outputs.map((output) => output.leave(cut)));
    clearTimeout(timer);
    if (!this.#exited) return;
    await within(timeoutMs, this.#exited);
  }

  #with(options: AgentCallOptions): AgentCallOptions {
    return { timeoutMs: this.#place.timeoutMs, ...options };
  }

  async #wait(): Promise<number> {
    await Promise.all(this.#outputs.map((output) => output.ended()));
    const { agent, containerId, execId } = this.#place;
    for (;;) {
      try {
        return (await agent.waitProcess({ containerId, execId })).status;
      } catch (error) {
        if (!(error instanceof AgentError && error.trouble === "deadline")) throw error;
      }
    }
  }
}

async function within(timeoutMs: number, ending: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, timeoutMs);
  });
  await Promise.race([ending.catch(() => {}), late]);
  clearTimeout(timer);
}
