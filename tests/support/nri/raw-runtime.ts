import { Buffer } from "node:buffer";
import { createServer, type Server, type Socket } from "node:net";
import { create, type DescMessage, fromBinary, type MessageShape, toBinary } from "@bufbuild/protobuf";
import {
  ConfigureRequestSchema,
  ConfigureResponseSchema,
  Plugin,
  Runtime,
  SynchronizeRequestSchema,
  SynchronizeResponseSchema,
} from "../../../ffi/nri/generated/nri_pb.ts";
import { TtrpcClient } from "../../../ffi/ttrpc/client.ts";
import { TtrpcServer } from "../../../ffi/ttrpc/server.ts";
import { LibraryMux } from "./library-mux.ts";

/** A runtime that says what a test wants it to. */
export class RawRuntime implements AsyncDisposable {
  readonly #server: Server;
  readonly socket: Socket;
  readonly #client: TtrpcClient;

  private constructor(server: Server, socket: Socket, register: () => object) {
    this.#server = server;
    this.socket = socket;
    const mux = new LibraryMux(socket);
    new TtrpcServer().register(Runtime, { registerPlugin: register }).serve(mux.open(2));
    this.#client = new TtrpcClient(mux.open(1), { timeoutMs: 20_000 });
  }

  /** Listens, and takes the first plugin that connects; `register` answers its registration. */
  static async of(path: string, register: () => object = () => ({})): Promise<() => Promise<RawRuntime>> {
    let taken: (runtime: RawRuntime) => void = () => {};
    const first = new Promise<RawRuntime>((resolve) => {
      taken = resolve;
    });
    const server = createServer((socket) => taken(new RawRuntime(server, socket, register)));
    await new Promise<void>((resolve) => server.listen(path, resolve));
    return () => first;
  }

  /** Writes a frame of the multiplexer. */
  frame(connection: number, payload: Uint8Array, length: number = payload.length): void {
    const header = Buffer.alloc(8);
    header.writeUInt32BE(connection, 0);
    header.writeUInt32BE(length, 4);
    this.socket.write(header);
    this.socket.write(payload);
  }

  /** Calls the plugin, with any bytes. */
  call(method: string, payload: Uint8Array): Promise<Uint8Array> {
    return this.#client.call({ service: Plugin.typeName, method, payload });
  }

  async configure(more: object = {}): Promise<MessageShape<typeof ConfigureResponseSchema>> {
    const bytes = bytesOf(ConfigureRequestSchema, { runtimeName: "raw", NRIVersion: "v0.12.5", ...more });
    return fromBinary(ConfigureResponseSchema, await this.call("Configure", bytes));
  }

  async synchronize(more: object = {}): Promise<MessageShape<typeof SynchronizeResponseSchema>> {
    const answer = await this.call("Synchronize", bytesOf(SynchronizeRequestSchema, more));
    return fromBinary(SynchronizeResponseSchema, answer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy();
    await this.#client.close();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function bytesOf(schema: DescMessage, init: object): Uint8Array {
  return toBinary(schema, create(schema, init as never));
}
