import { Buffer } from "node:buffer";
import { createServer, type Server, type Socket } from "node:net";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { RequestSchema, ResponseSchema } from "../../../ffi/ttrpc/generated/ttrpc_pb.ts";

/** One request as it came. */
export interface Asked {
  readonly streamId: number;
  readonly service: string;
  readonly method: string;
  readonly payload: Uint8Array;
  readonly timeoutNano: bigint;
  readonly metadata: Readonly<Record<string, string>>;
  /** The whole frame. */
  readonly frame: Uint8Array;
}

/** What a server answers with, well or badly. */
export interface Replies {
  ok(payload?: Uint8Array): void;
  refuse(code: number, message: string): void;
  /** These bytes and no others. */
  raw(...bytes: readonly Uint8Array[]): void;
  /** Writes no more, and closes. */
  close(): void;
  readonly socket: Socket;
}

/** A frame with whatever header. It is made here, and not by the code that is tested. */
export function frameOf(
  streamId: number,
  type: number,
  payload: Uint8Array,
  length: number = payload.length,
): Buffer {
  const header = Buffer.alloc(10);
  header.writeUInt32BE(length, 0);
  header.writeUInt32BE(streamId, 4);
  header.writeUInt8(type, 8);
  return Buffer.concat([header, payload]);
}

/** A response frame. */
export function responseFrame(streamId: number, payload: Uint8Array = new Uint8Array()): Buffer {
  return frameOf(streamId, 2, toBinary(ResponseSchema, create(ResponseSchema, { status: {}, payload })));
}

/** A response frame that refuses. */
export function refusalFrame(streamId: number, code: number, message: string): Buffer {
  return frameOf(
    streamId,
    2,
    toBinary(ResponseSchema, create(ResponseSchema, { status: { code, message } })),
  );
}

/** A ttrpc server on a unix socket that answers as it is told: by default each request with nothing. */
export class Peer {
  readonly asked: Asked[] = [];
  /** What it does with a request. */
  answer: (asked: Asked, replies: Replies) => void = (_, replies) => replies.ok();
  /** What it says to each line before ttrpc, as a hybrid vsock does; undefined where there are no lines. */
  greet: ((line: string, socket: Socket) => string) | undefined;
  /** What it does with each new connection. */
  onConnection: (socket: Socket) => void = () => {};
  /** How many connections there were. */
  accepted = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor() {
    this.#server = createServer((socket) => this.#serve(socket));
  }

  /** A server that listens. */
  static async start(path: string): Promise<Peer> {
    const served = new Peer();
    await new Promise<void>((resolve) => served.#server.listen(path, resolve));
    return served;
  }

  /** The connections that are open now. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** Ends, and waits for it. */
  async end(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: Socket): void {
    this.accepted += 1;
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("error", () => {}); // the client may be gone
    let isGreeted = this.greet === undefined;
    let rest: Buffer = Buffer.alloc(0);
    socket.on("data", (piece: Buffer) => {
      rest = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
      if (!isGreeted) {
        const end = rest.indexOf("\n");
        if (end < 0) return;
        socket.write(this.greet?.(rest.toString("latin1", 0, end), socket) ?? "", "latin1");
        rest = rest.subarray(end + 1);
        isGreeted = true;
      }
      let at = 0;
      for (;;) {
        const frame = frameAt(rest, at);
        if (!frame) break;
        at += frame.length;
        this.#receive(socket, frame);
      }
      rest = rest.subarray(at);
    });
    this.onConnection(socket);
  }

  #receive(socket: Socket, frame: Buffer): void {
    const streamId = frame.readUInt32BE(4);
    const { service, method, payload, timeoutNano, metadata } = fromBinary(RequestSchema, frame.subarray(10));
    const words = Object.fromEntries(metadata.map(({ key, value }) => [key, value]));
    const asked = { streamId, service, method, payload, timeoutNano, metadata: words, frame };
    this.asked.push(asked);
    this.answer(asked, repliesOn(socket, streamId));
  }
}

function frameAt(bytes: Buffer, at: number): Buffer | undefined {
  if (bytes.length < at + 10) return undefined;
  const end = at + 10 + bytes.readUInt32BE(at);
  return bytes.length < end ? undefined : bytes.subarray(at, end);
}

function repliesOn(socket: Socket, streamId: number): Replies {
  return {
    ok: (payload) => void socket.write(responseFrame(streamId, payload)),
    refuse: (code, message) => void socket.write(refusalFrame(streamId, code, message)),
    raw: (...bytes) => void socket.write(Buffer.concat(bytes)),
    close: () => void socket.end(),
    socket,
  };
}
