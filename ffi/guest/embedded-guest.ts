import { createServer, type Server, type Socket } from "node:net";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import type { CopyFileRequest } from "../agent/agent.ts";
import { encodeFrame, type Frame } from "../agent/frame.ts";
import { FrameReader } from "../agent/frame-reader.ts";
import { AgentService, CopyFileRequestSchema } from "../agent/generated/agent_pb.ts";
import { type Request, RequestSchema, ResponseSchema } from "../agent/generated/ttrpc_pb.ts";
import type { Libc } from "../linux/libc.ts";
import { openLibc } from "../linux/open-libc.ts";
import { SyscallError } from "../linux/syscall-error.ts";
import { type GuestPlace, writeCopied } from "./copy-rules.ts";
import type { Generation } from "./generation.ts";
import { GuestCalls } from "./guest-calls.ts";

/** A status that is answered instead of doing what was asked. */
export interface Refusal {
  readonly code: number;
  readonly message: string;
}

/** How an embedded guest works. */
export interface EmbeddedGuestOptions {
  /** Default "4.0". */
  readonly generation?: Generation;
  /** The path that its directory has for the agent's clients. */
  readonly shareDir?: string;
  readonly libc?: Libc;
  /** Sees each request before it is done, may take its time, and may refuse it. They are worked on side by side. */
  readonly onRequest?: (
    request: CopyFileRequest,
    index: number,
  ) => Refusal | undefined | Promise<Refusal | undefined>;
}

const INTERNAL = 13;
const UNIMPLEMENTED = 12;
const OK: Refusal = { code: 0, message: "" };

/**
 * An agent without a guest: what is copied to it is written into a directory of this machine, by the rules of one of the
 * agent's generations.
 */
export class EmbeddedGuest {
  /** How many requests came. */
  requests = 0;
  readonly #place: GuestPlace;
  readonly #options: EmbeddedGuestOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(place: GuestPlace, options: EmbeddedGuestOptions) {
    this.#place = place;
    this.#options = options;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  /** An agent that listens on a unix socket, and writes into a directory. */
  static async serve(
    directory: string,
    socketPath: string,
    options: EmbeddedGuestOptions = {},
  ): Promise<EmbeddedGuest> {
    const { generation = "4.0", shareDir = "/run/kata-containers/shared/containers" } = options;
    const sys = new GuestCalls(options.libc ?? (await openLibc()));
    const root = sys.openPath(directory);
    const guest = new EmbeddedGuest({ sys, root, shareDir, generation }, options);
    await new Promise<void>((resolve, reject) => {
      guest.#server.once("error", reject).listen(socketPath, resolve);
    });
    return guest;
  }

  /** Ends all connections, and waits for that. */
  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
    this.#place.sys.close(this.#place.root);
  }

  #serve(socket: Socket): void {
    const reader = new FrameReader();
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("error", () => {}); // the client may be gone
    socket.on("data", (piece) => {
      try {
        for (const frame of reader.read(piece)) void this.#answer(socket, frame);
      } catch {
        socket.destroy();
      }
    });
  }

  async #answer(socket: Socket, { streamId, payload }: Frame): Promise<void> {
    const status = await this.#obey(fromBinary(RequestSchema, payload));
    const response = toBinary(ResponseSchema, create(ResponseSchema, { status }));
    if (socket.writable)
      socket.write(encodeFrame({ streamId, type: "response", flags: 0, payload: response }));
  }

  async #obey({ service, method, payload }: Request): Promise<Refusal> {
    if (service !== AgentService.typeName || method !== AgentService.method.copyFile.name)
      return { code: UNIMPLEMENTED, message: `${service}/${method} is not known` };
    const request = requestIn(payload);
    const index = this.requests;
    this.requests += 1;
    const asked = this.#options.onRequest?.(request, index);
    const refusal = asked instanceof Promise ? await asked : asked;
    if (refusal) return refusal;
    try {
      writeCopied(this.#place, request);
      return OK;
    } catch (error) {
      const message = error instanceof SyscallError ? `${error.code}: ${error.message}` : String(error);
      return { code: INTERNAL, message };
    }
  }
}

function requestIn(payload: Uint8Array): CopyFileRequest {
  const { path, fileSize, fileMode, dirMode, uid, gid, offset, data } = fromBinary(
    CopyFileRequestSchema,
    payload,
  );
  return { path, fileSize: Number(fileSize), fileMode, dirMode, uid, gid, offset: Number(offset), data };
}
