import { constants } from "node:os";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { AgentError } from "../agent-error.ts";
import type { ProcessSchema } from "../generated/oci_pb.ts";
import { Output } from "./output.ts";
import type { RuntimeAgent } from "./runtime-agent.ts";

/** Which process of which container, and how its agent is asked. */
export interface ProcessPlace {
  readonly agent: RuntimeAgent;
  readonly containerId: string;
  readonly execId: string;
  readonly isTerminal: boolean;
  readonly timeoutMs: number | undefined;
  /** Starts another process in the container. */
  readonly exec: (process: ProcessInit) => Promise<GuestProcess>;
}

/** A process as an OCI specification has it: `args`, `env`, `cwd`, `terminal` and the like. */
export type ProcessInit = MessageInitShape<typeof ProcessSchema>;

const STDIN_SLICE = 64 * 1024;

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
  /**
   * Its exit code, 128 and the number of the signal if a signal ended it. It is asked for once both outputs were read or canceled,
   * because the agent forgets output then: a process that writes much has to be read.
   */
  readonly exited: Promise<number>;
  readonly #place: ProcessPlace;
  readonly #outputs: readonly Output[];

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
      write: (bytes) => writeAll(place, bytes),
      close: () => agent.closeStdin({ containerId, execId }, this.#options),
      abort: () => agent.closeStdin({ containerId, execId }, this.#options),
    });
    this.exited = this.#wait();
    // Not everybody asks how it ended.
    this.exited.catch(() => {});
  }

  /**
   * Starts another process in the container.
   *
   * @throws {AgentError} if the agent cannot.
   */
  exec(process: ProcessInit): Promise<GuestProcess> {
    return this.#place.exec(process);
  }

  /**
   * Sends it a signal, by its number or by its name in Linux. A container's first process that does not handle SIGTERM gets SIGKILL.
   *
   * @throws {AgentError} if it is over, or the agent refuses.
   */
  async signal(signal: number | keyof typeof constants.signals): Promise<void> {
    const number = typeof signal === "number" ? signal : constants.signals[signal];
    if (!Number.isInteger(number)) throw new TypeError(`there is no signal ${JSON.stringify(signal)}`);
    const { agent, containerId, execId } = this.#place;
    await agent.signalProcess({ containerId, execId, signal: number }, this.#options);
  }

  /**
   * Tells its terminal how large it is.
   *
   * @throws {AgentError} without a terminal.
   */
  async resize({ rows, columns }: { readonly rows: number; readonly columns: number }): Promise<void> {
    const { agent, containerId, execId } = this.#place;
    await agent.ttyWinResize({ containerId, execId, row: rows, column: columns }, this.#options);
  }

  /** Reads what nobody read, and forgets it, so that its end can be told; for so long at most. */
  async discardOutput(timeoutMs: number): Promise<void> {
    for (const output of this.#outputs) output.discard();
    const timer = setTimeout(() => {
      for (const output of this.#outputs) output.abandon();
    }, timeoutMs);
    await Promise.all(this.#outputs.map(({ ended }) => ended));
    clearTimeout(timer);
  }

  get #options(): { readonly timeoutMs: number | undefined } {
    return { timeoutMs: this.#place.timeoutMs };
  }

  async #wait(): Promise<number> {
    await Promise.all(this.#outputs.map(({ ended }) => ended));
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

// A terminal has one stream for both.
function outputOf(place: ProcessPlace, request: "readStdout" | "readStderr"): Output {
  const { agent, containerId, execId, isTerminal } = place;
  if (isTerminal && request === "readStderr") return new Output(async () => new Uint8Array());
  return new Output(async (length) => {
    const { data } = await agent[request]({ containerId, execId, len: length });
    if (data.length <= length) return data;
    throw lie(place, request, `the agent gave ${data.length} bytes, and ${length} were asked for`);
  });
}

async function writeAll(place: ProcessPlace, bytes: Uint8Array): Promise<void> {
  if (!(bytes instanceof Uint8Array)) throw new TypeError("a process reads a Uint8Array");
  const { agent, containerId, execId } = place;
  for (let at = 0; at < bytes.length; ) {
    const data = bytes.subarray(at, at + STDIN_SLICE);
    const { len } = await agent.writeStdin({ containerId, execId, data });
    if (len === 0 || len > data.length)
      throw lie(place, "writeStdin", `the agent took ${len} bytes of ${data.length}`);
    at += len;
  }
}

function lie(
  { containerId }: ProcessPlace,
  request: "readStdout" | "readStderr" | "writeStdin",
  reason: string,
): AgentError {
  const failure = { trouble: "protocol", code: "INTERNAL", sent: "all" } as const;
  return new AgentError({ request, container: containerId, ...failure, reason });
}
