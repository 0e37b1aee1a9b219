/**
 * Talks to the agent in a guest: ttrpc, which has no other client for JavaScript, and the calls of Kata's agent. A door of its
 * own, because Protocol Buffers take a while to load. For Node 20 and Deno 2.
 * @module
 */
export { TtrpcAddressError } from "./address.ts";
export type { Agent, AgentCallOptions, CopyFileRequest } from "./agent.ts";
export { AgentError, type AgentRequest } from "./agent-error.ts";
export { TtrpcClient } from "./client.ts";
export type { TtrpcClientOptions } from "./client-options.ts";
export { type ConnectOptions, connectTtrpc } from "./connect.ts";
export { TtrpcConnectError } from "./connect-error.ts";
export { encodeFrame, type Frame, type FrameHeader, type FrameType } from "./frame.ts";
export { TtrpcFrameError, type TtrpcFrameTrouble } from "./frame-error.ts";
export { FrameReader } from "./frame-reader.ts";
export { AgentService, StorageSchema } from "./generated/agent_pb.ts";
export { Health } from "./generated/health_pb.ts";
export type { TtrpcCall } from "./request.ts";
export { storageMessage } from "./storage.ts";
export { type AgentVersion, connectAgent, TtrpcAgent } from "./ttrpc-agent.ts";
export { type Sent, TtrpcError, type TtrpcFailure, type TtrpcTrouble } from "./ttrpc-error.ts";
export type { TtrpcInvokeOptions } from "./typed.ts";
