/**
 * Talks to the agent in a guest: the calls of Kata's agent, and the ttrpc client that makes them. A door of its own, because
 * Protocol Buffers take a while to load. For Node from 20 on, Deno 2 and Bun.
 * @module
 */
export { TtrpcAddressError } from "../ttrpc/address.ts";
export { TtrpcClient } from "../ttrpc/client.ts";
export type { TtrpcClientOptions } from "../ttrpc/client-options.ts";
export { type ConnectOptions, connectTtrpc } from "../ttrpc/connect.ts";
export { TtrpcConnectError } from "../ttrpc/connect-error.ts";
export {
  encodeFrame,
  type Frame,
  type FrameHeader,
  type FrameType,
  TtrpcFrameError,
  type TtrpcFrameTrouble,
} from "../ttrpc/frame.ts";
export { FrameReader } from "../ttrpc/frame-reader.ts";
export type { TtrpcCall } from "../ttrpc/request.ts";
export { type Sent, TtrpcError, type TtrpcFailure, type TtrpcTrouble } from "../ttrpc/ttrpc-error.ts";
export type { TtrpcInvokeOptions } from "../ttrpc/typed-client.ts";
export type { Agent, AgentCallOptions, CopyFileRequest } from "./agent.ts";
export { AgentError } from "./agent-error.ts";
export type { CallAnswer, CallName, CallRequest } from "./call-types.ts";
export type { AgentRequest } from "./call-words.ts";
export { AgentConnection } from "./connection.ts";
export { ContainerCalls } from "./container-calls.ts";
export { AgentService } from "./generated/agent_pb.ts";
export { Health } from "./generated/health_pb.ts";
export { type Process, ProcessSchema, type Spec, SpecSchema } from "./generated/oci_pb.ts";
export { StorageSchema } from "./generated/volume_pb.ts";
export { ProcessCalls } from "./process-calls.ts";
export type { RemoveOptions, StartOptions } from "./sandbox/container-options.ts";
export { GuestProcess } from "./sandbox/guest-process.ts";
export { GuestSandbox } from "./sandbox/guest-sandbox.ts";
export type { GuestShare, ListedShare, RuntimeAgent } from "./sandbox/runtime-agent.ts";
export { GuestSandboxError, type GuestSandboxTrouble } from "./sandbox/sandbox-error.ts";
export type { GuestSandboxOptions } from "./sandbox/sandbox-options.ts";
export { SandboxCalls } from "./sandbox-calls.ts";
export { type OciMessage, type OciMessageOptions, ociMessage } from "./spec/oci-message.ts";
export type { ProcessInit } from "./spec/process-part.ts";
export { storageMessage } from "./storage.ts";
export { type AgentVersion, connectAgent, TtrpcAgent } from "./ttrpc-agent.ts";
