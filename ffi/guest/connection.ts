import type { Socket } from "node:net";
import type { CopyFileRequest } from "../agent/agent.ts";
import type { Frame } from "../agent/frame.ts";
import { FrameReader } from "../agent/frame-reader.ts";
import { answerFrame, calledIn, copyFileIn, copyFileMethod, service } from "./messages.ts";
import type { GuestRefusal } from "./options.ts";

/** What becomes of a request: it was done, it was refused, or nobody ever says. */
export type Outcome = GuestRefusal | undefined | "unanswered";

/** Does what a request asks for; it never throws. */
export type Obey = (request: CopyFileRequest) => Promise<Outcome>;

// Of requests that are worked on. Above this nothing more is read, and the client has to wait.
const MOST_OPEN_BYTES = 64 * 1024 * 1024;
// What a request takes besides its bytes, roughly.
const CALL_BYTES = 1024;

const INVALID_ARGUMENT = 3;
const UNIMPLEMENTED = 12;

/**
 * One client of an embedded guest. Requests are worked on side by side; what is wrong with one is answered as Kata's ttrpc
 * server answers it. Behind bytes that are no frame nothing can be found: whoever sends them is cut off.
 */
export class Connection {
  readonly #socket: Socket;
  readonly #obey: Obey;
  readonly #reader = new FrameReader();
  #openBytes = 0;

  constructor(socket: Socket, obey: Obey) {
    this.#socket = socket;
    this.#obey = obey;
    socket.on("error", () => {}); // the client may be gone
    socket.on("drain", () => this.#throttle());
    socket.on("data", (piece: Uint8Array) => this.#read(piece));
  }

  #read(piece: Uint8Array): void {
    try {
      for (const frame of this.#reader.read(piece)) void this.#answer(frame);
    } catch {
      this.#socket.destroy();
      return;
    }
    this.#throttle();
  }

  async #answer(frame: Frame): Promise<void> {
    const bytes = frame.payload.length + CALL_BYTES;
    this.#openBytes += bytes;
    const outcome = await this.#outcomeOf(frame);
    this.#openBytes -= bytes;
    const isAnswered = outcome !== "unanswered" && this.#socket.writable;
    if (isAnswered) this.#socket.write(answerFrame(frame.streamId, outcome));
    this.#throttle();
  }

  // A client that does not read its answers, or asks faster than it is served, is not read from.
  #throttle(): void {
    if (this.#openBytes > MOST_OPEN_BYTES || this.#socket.writableNeedDrain) this.#socket.pause();
    else if (this.#socket.isPaused()) this.#socket.resume();
  }

  async #outcomeOf({ streamId, type, payload }: Frame): Promise<Outcome> {
    if (streamId % 2 === 0) return invalid("the stream's id has to be odd");
    if (type !== "request") return invalid("the stream is not open");
    const request = requestIn(payload);
    return "code" in request ? request : this.#obey(request);
  }
}

function requestIn(bytes: Uint8Array): CopyFileRequest | GuestRefusal {
  try {
    const called = calledIn(bytes);
    if (called.service !== service) return invalid(`there is no service ${called.service}`);
    if (called.method !== copyFileMethod)
      return { code: UNIMPLEMENTED, message: `${called.method} is not implemented` };
    return copyFileIn(called.payload);
  } catch (error) {
    return invalid(`no message: ${error}`);
  }
}

function invalid(message: string): GuestRefusal {
  return { code: INVALID_ARGUMENT, message };
}
