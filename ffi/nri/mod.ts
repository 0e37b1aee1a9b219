/**
 * Plugins of NRI, the Node Resource Interface by which containerd and CRI-O say which pods there are and what each container
 * mounts, and take changes and refusals. For Node from 20 on, and Deno 2.
 * @module
 */
export { TtrpcRefusal } from "../ttrpc/refusal.ts";
export type { TtrpcContext } from "../ttrpc/server-call.ts";
export type { NriEventName } from "./events.ts";
export type {
  ContainerAdjustment,
  ContainerUpdate,
  ContainerUpdateSchema,
  LinuxContainerAdjustment,
} from "./generated/adjustment_pb.ts";
export { type Container, ContainerState, type Mount, type PodSandbox } from "./generated/container_pb.ts";
export type {
  CreateContainerResponseSchema,
  StopContainerResponseSchema,
  UpdateContainerRequest,
  UpdateContainerResponseSchema,
  UpdatePodSandboxRequest,
  ValidateContainerAdjustmentRequest,
  ValidateContainerAdjustmentResponseSchema,
} from "./generated/events_pb.ts";
export { Plugin as NriPluginService, Runtime as NriRuntimeService } from "./generated/nri_pb.ts";
export { Field, type OwningPlugins } from "./generated/owners_pb.ts";
export type {
  NriAnswer,
  NriContainerEvent,
  NriContainerHandler,
  NriHandlers,
  NriNothing,
  NriPodEvent,
  NriPodHandler,
} from "./handlers.ts";
export { type NriField, type NriInnerField, type NriLinuxField, nriFields } from "./left-out.ts";
export type { NriLightening } from "./lightening.ts";
export { NriMux } from "./mux/mux.ts";
export { NriError, type NriFailure, type NriTrouble } from "./nri-error.ts";
export { type NriPlugin, startPlugin } from "./plugin.ts";
export {
  type NriChange,
  type NriFailurePolicy,
  type NriPluginOptions,
  nriSocket,
} from "./plugin-options.ts";
export type { NriRuntime } from "./runtime.ts";
export type { NriState } from "./state.ts";
