import { createServer, type Server, type Socket } from "node:net";
import type { CopyFileRequest } from "../agent/agent.ts";
import { SyscallError } from "../linux/syscall-error.ts";
import { Connection, type Outcome } from "./connection.ts";
import { type GuestPlace, UnansweredError, writeCopied } from "./copy-rules.ts";
import { listenOn } from "./listen.ts";
import type { GuestRefusal, OnRequest } from "./options.ts";

const INTERNAL = 13;
const LAST_CODE = 16;

/** What an embedded guest is made of: the socket, its clients, and the directory's descriptor. */
export class GuestServer {
  #requests = 0;
  readonly #place: GuestPlace;
  readonly #onRequest: OnRequest | undefined;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #closing: Promise<void> | undefined;

  private constructor(place: GuestPlace, onRequest: OnRequest | undefined) {
    this.#place = place;
    this.#onRequest = onRequest;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  /**
   * A server that listens. The place's descriptor is its own from now on.
   *
   * @throws {EmbeddedGuestError} where it cannot; the descriptor is closed then.
   */
  static async start(
    place: GuestPlace,
    socketPath: string,
    onRequest: OnRequest | undefined,
  ): Promise<GuestServer> {
    const started = new GuestServer(place, onRequest);
    try {
      await listenOn(started.#server, socketPath);
      return started;
    } catch (error) {
      place.sys.close(place.root);
      throw error;
    }
  }

  /** How many CopyFile requests came. */
  get requests(): number {
    return this.#requests;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
    this.#place.sys.close(this.#place.root);
  }

  #serve(socket: Socket): void {
    if (this.#closing) {
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    new Connection(socket, (request) => this.#obey(request));
  }

  async #obey(request: CopyFileRequest): Promise<Outcome> {
    const index = this.#requests;
    this.#requests += 1;
    try {
      const asked = this.#onRequest?.(request, index);
      const refusal = asked instanceof Promise ? await asked : asked;
      if (refusal) return checked(refusal);
      // The directory's descriptor may be another file's by now.
      if (this.#closing) return { code: INTERNAL, message: "the guest is closed" };
      writeCopied(this.#place, request);
      return undefined;
    } catch (error) {
      if (error instanceof UnansweredError) return "unanswered";
      return { code: INTERNAL, message: messageOf(error) };
    }
  }
}

function checked({ code, message }: GuestRefusal): GuestRefusal {
  if (Number.isInteger(code) && code >= 0 && code <= LAST_CODE) return { code, message: String(message) };
  throw new TypeError(`onRequest refused with code ${code}, and gRPC's are from 0 to ${LAST_CODE}`);
}

// Kata's agent has the errno's name in front or Rust's words for its number behind, by the library that it came from.
function messageOf(error: unknown): string {
  if (error instanceof SyscallError) return `${error.code}: ${error.reason} (os error ${error.errno})`;
  return error instanceof Error ? error.message : String(error);
}
