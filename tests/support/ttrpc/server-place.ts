import type { Buffer } from "node:buffer";
import { join } from "node:path";
import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import type { TtrpcClient } from "../../../ffi/ttrpc/client.ts";
import { connectTtrpc } from "../../../ffi/ttrpc/connect.ts";
import { RequestSchema } from "../../../ffi/ttrpc/generated/ttrpc_pb.ts";
import { TtrpcServer } from "../../../ffi/ttrpc/server.ts";
import type { TtrpcServerOptions } from "../../../ffi/ttrpc/server-options.ts";
import { frameOf } from "./peer.ts";
import { RawClient } from "./raw-client.ts";
import { socketTest, until } from "./served.ts";

/** A server that listens, and its clients. */
export interface ServerPlace {
  readonly server: TtrpcServer;
  readonly directory: string;
  readonly address: string;
  readonly client: TtrpcClient;
  /** A client that sends any bytes. */
  raw(): Promise<RawClient>;
}

/** A test with a server that listens and a client. No connection may be left open. */
export function serverTest(
  name: string,
  body: (place: ServerPlace) => Promise<void>,
  options: TtrpcServerOptions = {},
): void {
  socketTest(name, async (directory) => {
    const server = new TtrpcServer(options);
    const address = `unix://${join(directory, "s.sock")}`;
    await server.listen(address);
    const client = await connectTtrpc(address, { callTimeoutMs: 60_000 });
    const raws: RawClient[] = [];
    const raw = async () => {
      const one = await RawClient.of(address);
      raws.push(one);
      return one;
    };
    try {
      await body({ server, directory, address, client, raw });
      await client.close();
      for (const { socket } of raws) socket.destroy();
      await until(() => server.connections === 0);
    } finally {
      for (const { socket } of raws) socket.destroy();
      await client.close();
      await server.close();
    }
  });
}

/** A request frame of a call of grpc.Health, unless it says another service. It is not made by the code that is tested. */
export function callFrame(
  streamId: number,
  method: string,
  { timeoutMs = 0, ...more }: MessageInitShape<typeof RequestSchema> & { timeoutMs?: number } = {},
): Buffer {
  const timeoutNano = BigInt(timeoutMs) * 1_000_000n;
  const init = { service: "grpc.Health", method, timeoutNano, ...more } as MessageInitShape<
    typeof RequestSchema
  >;
  return frameOf(streamId, 1, toBinary(RequestSchema, create(RequestSchema, init)));
}
