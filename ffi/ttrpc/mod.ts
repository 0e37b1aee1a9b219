/**
 * Client and server of ttrpc, containerd's small RPC protocol, for any service that `protoc-gen-es` describes. It knows nothing of
 * Kata or of this package's other doors. For Node from 20 on, Deno 2 and Bun.
 * @module
 */
export { TtrpcAddressError } from "./address.ts";
export { TtrpcClient } from "./client.ts";
export type { TtrpcClientOptions } from "./client-options.ts";
export { type ConnectOptions, connectTtrpc } from "./connect.ts";
export { TtrpcConnectError } from "./connect-error.ts";
export {
  encodeFrame,
  type Frame,
  type FrameHeader,
  type FrameType,
  TtrpcFrameError,
  type TtrpcFrameTrouble,
} from "./frame.ts";
export { FrameReader } from "./frame-reader.ts";
export { TtrpcListenError } from "./listen.ts";
export { TtrpcRefusal } from "./refusal.ts";
export type { TtrpcCall } from "./request.ts";
export { type ShutdownOptions, TtrpcServer } from "./server.ts";
export type { TtrpcContext } from "./server-call.ts";
export type { TtrpcServerOptions } from "./server-options.ts";
export type { OnUnknownCall, TtrpcBytesHandler, TtrpcHandler, TtrpcHandlers } from "./services.ts";
export { type TtrpcCode, ttrpcCodes } from "./status.ts";
export { type Sent, TtrpcError, type TtrpcFailure, type TtrpcTrouble } from "./ttrpc-error.ts";
export type { TtrpcInvokeOptions } from "./typed-client.ts";
