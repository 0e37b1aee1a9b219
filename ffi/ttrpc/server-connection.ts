import type { Duplex } from "node:stream";
import { CallWatch } from "./call-watch.ts";
import { type Frame, TtrpcFrameError } from "./frame.ts";
import { FrameReader } from "./frame-reader.ts";
import { Outbox, type Parcel } from "./outbox.ts";
import { receivedRequest } from "./received-request.ts";
import { refusalOf, TtrpcRefusal, Unanswered } from "./refusal.ts";
import { responseFrame } from "./response.ts";
import { ServerCall } from "./server-call.ts";
import type { TtrpcServerSettings } from "./server-options.ts";
import type { Services } from "./services.ts";

// A flag of a request: data frames of a stream follow.
const STREAM_FOLLOWS = 2;

/**
 * One client of a server. Its calls are worked on side by side. A wrong request is refused; a client that sends bytes that are
 * no frame, or uses a stream twice at once, is disconnected. A client that does not read its answers, or calls faster than it
 * is served, is not read from.
 */
export class ServerConnection {
  readonly #stream: Duplex;
  readonly #services: Services;
  readonly #settings: TtrpcServerSettings;
  readonly #reader: FrameReader;
  readonly #outbox: Outbox<Parcel>;
  /** Frames that were read, and not worked on yet. */
  readonly #frames: Frame[] = [];
  /** The calls without an answer, by their streams. */
  readonly #open = new Map<number, ServerCall>();
  readonly #watch = new CallWatch<ServerCall>(
    () => [...this.#open.values()],
    (call, { reason }) => this.#giveUp(call, new TtrpcRefusal("DEADLINE_EXCEEDED", reason)),
  );
  /** How many handlers run, and how many bytes their requests have. A handler may run on after its call was answered. */
  #running = 0;
  #runningBytes = 0;
  #isDraining = false;
  #isEnding = false;
  #hasEnded = false;
  /** Settles when the stream is closed. */
  readonly closed: Promise<void>;

  constructor(stream: Duplex, services: Services, settings: TtrpcServerSettings) {
    this.#stream = stream;
    this.#services = services;
    this.#settings = settings;
    this.#reader = new FrameReader({ copies: settings.copiesPieces });
    this.#outbox = new Outbox(stream);
    this.closed = new Promise((resolve) => {
      if (stream.closed) resolve();
      else stream.once("close", resolve);
    });
    const gone = () => this.end("CANCELLED", "the client closed the connection");
    stream.on("error", gone).on("end", gone).on("close", gone);
    stream.on("drain", () => this.#work());
    stream.on("data", (piece: Uint8Array) => this.#read(piece));
  }

  /** Ends the connection at once; handlers that run are told by their signals. */
  end(code: "CANCELLED" | "UNAVAILABLE", reason: string): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#frames.length = 0;
    this.#stream.destroy();
    this.#outbox.empty();
    for (const call of [...this.#open.values()]) this.#abandon(call, new TtrpcRefusal(code, reason));
  }

  /** Refuses new calls, and ends the connection once those that are open are answered. */
  drain(): void {
    this.#isDraining = true;
    this.#work();
    if (this.#open.size > 0 || this.#frames.length > 0 || this.#isEnding) return;
    this.#isEnding = true;
    void this.#outbox.end();
  }

  #read(piece: Uint8Array): void {
    if (this.#hasEnded) return;
    try {
      for (const frame of this.#reader.read(piece)) this.#frames.push(frame);
    } catch (error) {
      if (!(error instanceof TtrpcFrameError)) throw error;
      this.end("CANCELLED", "the client broke the protocol");
      return;
    }
    this.#work();
  }

  get #hasRoom(): boolean {
    const { maxCalls, maxRequestBytes } = this.#settings;
    return this.#running < maxCalls && this.#runningBytes < maxRequestBytes && !this.#outbox.isFull;
  }

  #work(): void {
    while (this.#frames.length > 0 && this.#hasRoom) this.#begin(this.#frames.shift() as Frame);
    if (this.#frames.length > 0 || !this.#hasRoom) this.#stream.pause();
    else if (this.#stream.isPaused()) this.#stream.resume();
  }

  #begin(frame: Frame): void {
    if (this.#open.has(frame.streamId)) {
      this.end("CANCELLED", "the client sent a second frame on an open stream");
      return;
    }
    try {
      const call = this.#callIn(frame);
      this.#open.set(call.streamId, call);
      this.#watch.add(call);
      this.#running += 1;
      this.#runningBytes += call.bytes;
      void this.#run(call);
    } catch (error) {
      this.#send(frame.streamId, refusalOf(error));
    }
  }

  #callIn({ streamId, type, flags, payload }: Frame): ServerCall {
    if (streamId % 2 === 0) throw new TtrpcRefusal("INVALID_ARGUMENT", "the stream's id has to be odd");
    if (type !== "request") throw new TtrpcRefusal("INVALID_ARGUMENT", "the stream is not open");
    if (this.#isDraining) throw new TtrpcRefusal("UNAVAILABLE", "the server is shutting down");
    if ((flags & STREAM_FOLLOWS) !== 0) throw new TtrpcRefusal("UNIMPLEMENTED", "streams are not supported");
    return new ServerCall(streamId, receivedRequest(payload), payload);
  }

  async #run(call: ServerCall): Promise<void> {
    const release = () => this.#reader.reuse(call.takePayload());
    const answer = await this.#services.answer(call.request, call.context, release).catch(answerOfError);
    this.#running -= 1;
    this.#runningBytes -= call.bytes;
    if (this.#close(call) && answer) this.#send(call.streamId, answer);
    if (this.#isDraining) this.drain();
    else this.#work();
  }

  /** Whether the call was still open. */
  #close(call: ServerCall): boolean {
    if (this.#open.get(call.streamId) !== call) return false;
    this.#open.delete(call.streamId);
    this.#watch.delete(call);
    return true;
  }

  #giveUp(call: ServerCall, refusal: TtrpcRefusal): void {
    this.#abandon(call, refusal);
    if (this.#settings.refusesLate) this.#send(call.streamId, refusal);
    if (this.#isDraining) this.drain();
  }

  #abandon(call: ServerCall, refusal: TtrpcRefusal): void {
    if (this.#close(call)) call.abort(refusal);
  }

  #send(streamId: number, answer: Uint8Array | TtrpcRefusal): void {
    if (this.#hasEnded || !this.#stream.writable) return;
    const parts = responseFrame(streamId, answer);
    const bytes = parts.reduce((sum, { length }) => sum + length, 0);
    this.#outbox.send({ bytes, keep() {}, pack: () => parts, wasSent() {} });
  }
}

function answerOfError(error: unknown): TtrpcRefusal | undefined {
  return error instanceof Unanswered ? undefined : refusalOf(error);
}
