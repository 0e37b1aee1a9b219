import { Buffer } from "node:buffer";
import { connect, type Socket } from "node:net";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import type { CopyFileRequest } from "../../../ffi/agent/agent.ts";
import { CopyFileRequestSchema } from "../../../ffi/agent/generated/volume_pb.ts";
import { RequestSchema, ResponseSchema } from "../../../ffi/ttrpc/generated/ttrpc_pb.ts";
import { frameOf } from "./peer.ts";
import { until } from "./served.ts";

/** What a server answered on a stream. */
export interface Answer {
  readonly streamId: number;
  readonly code: number;
  readonly message: string;
}

/** A client that sends whatever bytes it is told to. */
export class RawClient {
  readonly socket: Socket;
  readonly answers: Answer[] = [];
  isClosed = false;
  #rest: Buffer = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("error", () => {}); // it may be cut off
    socket.on("close", () => {
      this.isClosed = true;
    });
    socket.on("data", (piece: Buffer) => this.#read(piece));
  }

  /** A client of what listens at an address such as "unix:///agent.sock". */
  static async of(address: string): Promise<RawClient> {
    const socket = connect(address.slice("unix://".length));
    await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
    return new RawClient(socket);
  }

  send(...pieces: readonly Uint8Array[]): void {
    for (const piece of pieces) this.socket.write(piece);
  }

  /** The answer on a stream, when it comes. */
  async answer(streamId: number): Promise<Answer> {
    const find = () => this.answers.find((answer) => answer.streamId === streamId);
    await until(() => find() !== undefined || this.isClosed);
    const found = find();
    if (!found) throw new Error(`the client was cut off, without an answer on stream ${streamId}`);
    return found;
  }

  #read(piece: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, piece]);
    for (;;) {
      const end = this.#rest.length < 10 ? Number.POSITIVE_INFINITY : 10 + this.#rest.readUInt32BE(0);
      if (this.#rest.length < end) return;
      const { status } = fromBinary(ResponseSchema, this.#rest.subarray(10, end));
      const { code = 0, message = "" } = status ?? {};
      this.answers.push({ streamId: this.#rest.readUInt32BE(4), code, message });
      this.#rest = this.#rest.subarray(end);
    }
  }
}

/** The bytes of a call. */
export function callOf(method: string, payload: Uint8Array, service = "grpc.AgentService"): Uint8Array {
  return toBinary(RequestSchema, create(RequestSchema, { service, method, payload }));
}

/** A frame that asks for a copy, of a file unless it says something else. */
export function copyFrame(streamId: number, request: Partial<CopyFileRequest> & { path: string }): Buffer {
  const { fileSize = request.data?.length ?? 0, offset = 0, ...rest } = request;
  const message = { fileMode: 0o100644, dirMode: 0o750, ...rest };
  const sizes = { fileSize: BigInt(fileSize), offset: BigInt(offset) };
  const init = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0, ...message, ...sizes };
  return frameOf(
    streamId,
    1,
    callOf("CopyFile", toBinary(CopyFileRequestSchema, create(CopyFileRequestSchema, init))),
  );
}
