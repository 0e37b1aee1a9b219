import type { Duplex } from "node:stream";
import type { DescMessage, DescMethodUnary, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import { CallWatch, deadlineToldByPeer } from "./call-watch.ts";
import { filled, type TtrpcClientOptions, type TtrpcClientSettings } from "./client-options.ts";
import { breach, broken, closedAt, closedHere, closedThere, silent } from "./connection-failure.ts";
import { type Frame, TtrpcFrameError } from "./frame.ts";
import { FrameReader } from "./frame-reader.ts";
import { checkOptionNames, type OptionNames } from "./option-names.ts";
import { Outbox } from "./outbox.ts";
import { PendingCall } from "./pending-call.ts";
import { prepare, type TtrpcCall } from "./request.ts";
import { failureIn, responseIn } from "./response.ts";
import { MOST_GIVEN_UP, Streams, UnexpectedReply } from "./streams.ts";
import { TtrpcError, type TtrpcFailure } from "./ttrpc-error.ts";
import { decoded, encoded, type TtrpcInvokeOptions } from "./typed-client.ts";

const invokeNames: OptionNames<TtrpcInvokeOptions> = { timeoutMs: true, signal: true, metadata: true };
const callNames: OptionNames<TtrpcCall> = { service: true, method: true, payload: true, ...invokeNames };

/**
 * A ttrpc client of one connection, for any service: of Kata's agent, of containerd's shims, or of your own. Calls are
 * pipelined: any number can be open at once, and each gets its own answer, in whatever order the answers come.
 *
 * A call ends with its answer, at its deadline, by its signal, or with the connection; a call that fails ends with a
 * TtrpcError. Requests to a peer that does not read wait here up to a limit, above which calls are refused. `ready()` waits
 * for room.
 *
 * @example
 * ```ts
 * import { connectTtrpc, TtrpcConnectError } from "guestshare/ttrpc";
 *
 * try {
 *   const client = await connectTtrpc("unix:///run/nothing/agent.sock", { timeoutMs: 10 });
 *   await client.call({ service: "grpc.Health", method: "Check", timeoutMs: 1000 });
 *   await client.close();
 * } catch (error) {
 *   if (!(error instanceof TtrpcConnectError)) throw error;
 *   console.log(error.name, error.code); // TtrpcConnectError ENOENT
 * }
 * ```
 */
export class TtrpcClient {
  readonly #stream: Duplex;
  readonly #options: TtrpcClientSettings;
  readonly #reader = new FrameReader();
  readonly #streams = new Streams<PendingCall>();
  readonly #watch = new CallWatch<PendingCall>(
    () => [...this.#streams.calls, ...this.#outbox.waiting],
    (call, failure) => this.#giveUp(call, failure),
  );
  readonly #outbox: Outbox<PendingCall>;
  #ended: TtrpcFailure | undefined;
  #resolveEnded: (failure: TtrpcFailure) => void = () => {};
  /** Settles when the connection ends, with the failure of all later calls. Never rejects. */
  readonly ended: Promise<TtrpcFailure> = new Promise((resolve) => {
    this.#resolveEnded = resolve;
  });

  /**
   * Takes over a connected stream: a socket, or any other duplex of bytes.
   *
   * @throws {TypeError} for wrong options.
   */
  constructor(stream: Duplex, options: TtrpcClientOptions = {}) {
    this.#options = filled(options);
    this.#stream = stream;
    this.#outbox = new Outbox(stream);
    stream.on("data", (piece: Uint8Array) => this.#read(piece));
    stream.on("end", () => this.#end(closedAt(this.#reader)));
    stream.on("error", (error) => this.#end(broken(error)));
    stream.on("close", () => this.#end(closedThere));
    if (stream.destroyed || stream.readableEnded) this.#end(closedThere);
    else stream.resume();
  }

  /** Whether the connection is open, as far as is known. */
  get isOpen(): boolean {
    return this.#ended === undefined;
  }

  /**
   * Calls a method, and gives the bytes of its answer.
   *
   * @throws {TtrpcError} if the call fails.
   */
  async call(call: TtrpcCall): Promise<Uint8Array> {
    checkOptionNames(call, callNames);
    const prepared = this.#ended ?? prepare(call, this.#options, this.#outbox.waitingBytes);
    if ("trouble" in prepared) throw new TtrpcError({ ...call, sent: "nothing" }, prepared);
    const pending = new PendingCall(prepared, this.#streams, this.#watch);
    this.#outbox.send(pending);
    return pending.answer;
  }

  /**
   * Calls a method by its description, as protobuf-es generates it: `client.invoke(Health.method.check, {})`.
   *
   * @throws {TtrpcError} if the call fails, or the answer is not its message.
   */
  async invoke<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    message: MessageInitShape<I>,
    options: TtrpcInvokeOptions = {},
  ): Promise<MessageShape<O>> {
    checkOptionNames(options, invokeNames);
    return decoded(method, await this.call({ ...options, ...encoded(method, message) }));
  }

  /** Waits until the next request would be written at once, or the connection has ended. */
  ready(): Promise<void> {
    return this.#outbox.ready();
  }

  /** Ends the connection. Open calls fail; closing again is fine. */
  async close(): Promise<void> {
    this.#end(closedHere);
    if (!this.#stream.closed) await new Promise((resolve) => this.#stream.once("close", resolve));
  }

  /** As `close`, at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #giveUp(call: PendingCall, failure: TtrpcFailure): void {
    if (!this.#outbox.withdraw(call)) this.#streams.giveUp(call.streamId);
    call.fail(failure);
    if (this.#streams.givenUp > MOST_GIVEN_UP) this.#end(silent(MOST_GIVEN_UP));
  }

  #read(piece: Uint8Array): void {
    if (this.#ended) return;
    try {
      for (const frame of this.#reader.read(piece)) this.#receive(frame);
    } catch (error) {
      if (!(error instanceof TtrpcFrameError || error instanceof UnexpectedReply)) throw error;
      this.#end(breach(error));
    }
  }

  #receive(frame: Frame): void {
    const response = responseIn(frame);
    const call = this.#streams.answered(frame.streamId);
    const failure = failureIn(response);
    if (failure) call?.fail(deadlineToldByPeer(call, failure) ?? failure);
    else call?.succeed(response.payload);
  }

  #end(failure: TtrpcFailure): void {
    if (this.#ended) return;
    this.#ended = failure;
    this.#stream.destroy();
    for (const call of [...this.#streams.closeAll(), ...this.#outbox.empty()]) call.fail(failure);
    this.#resolveEnded(failure);
  }
}
