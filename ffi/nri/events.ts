import type { DescMessage } from "@bufbuild/protobuf";
import {
  CreateContainerRequestSchema,
  CreateContainerResponseSchema,
  Event,
  PostCreateContainerRequestSchema,
  PostStartContainerRequestSchema,
  PostUpdateContainerRequestSchema,
  PostUpdatePodSandboxRequestSchema,
  RemoveContainerRequestSchema,
  RemovePodSandboxRequestSchema,
  RunPodSandboxRequestSchema,
  StartContainerRequestSchema,
  StopContainerRequestSchema,
  StopContainerResponseSchema,
  StopPodSandboxRequestSchema,
  UpdateContainerRequestSchema,
  UpdateContainerResponseSchema,
  UpdatePodSandboxRequestSchema,
  ValidateContainerAdjustmentRequestSchema,
  ValidateContainerAdjustmentResponseSchema,
} from "./generated/events_pb.ts";
import { EmptySchema } from "./generated/nri_pb.ts";

/** The names of the events, as their handlers have them. */
export type NriEventName =
  | "runPodSandbox"
  | "updatePodSandbox"
  | "postUpdatePodSandbox"
  | "stopPodSandbox"
  | "removePodSandbox"
  | "createContainer"
  | "postCreateContainer"
  | "startContainer"
  | "postStartContainer"
  | "updateContainer"
  | "postUpdateContainer"
  | "stopContainer"
  | "removeContainer"
  | "validateContainerAdjustment";

/** What is said at an event, and what is answered. */
export interface EventRow {
  readonly name: NriEventName;
  /** Its bit in a mask is the number less one. */
  readonly number: Event;
  readonly request: DescMessage;
  readonly response: DescMessage;
}

/** All events, in the order of their numbers. The last three came with NRI 0.9 and 0.10. */
export const eventRows: readonly EventRow[] = [
  row("runPodSandbox", Event.RUN_POD_SANDBOX, RunPodSandboxRequestSchema),
  row("stopPodSandbox", Event.STOP_POD_SANDBOX, StopPodSandboxRequestSchema),
  row("removePodSandbox", Event.REMOVE_POD_SANDBOX, RemovePodSandboxRequestSchema),
  row("createContainer", Event.CREATE_CONTAINER, CreateContainerRequestSchema, CreateContainerResponseSchema),
  row("postCreateContainer", Event.POST_CREATE_CONTAINER, PostCreateContainerRequestSchema),
  row("startContainer", Event.START_CONTAINER, StartContainerRequestSchema),
  row("postStartContainer", Event.POST_START_CONTAINER, PostStartContainerRequestSchema),
  row("updateContainer", Event.UPDATE_CONTAINER, UpdateContainerRequestSchema, UpdateContainerResponseSchema),
  row("postUpdateContainer", Event.POST_UPDATE_CONTAINER, PostUpdateContainerRequestSchema),
  row("stopContainer", Event.STOP_CONTAINER, StopContainerRequestSchema, StopContainerResponseSchema),
  row("removeContainer", Event.REMOVE_CONTAINER, RemoveContainerRequestSchema),
  row("updatePodSandbox", Event.UPDATE_POD_SANDBOX, UpdatePodSandboxRequestSchema),
  row("postUpdatePodSandbox", Event.POST_UPDATE_POD_SANDBOX, PostUpdatePodSandboxRequestSchema),
  row(
    "validateContainerAdjustment",
    Event.VALIDATE_CONTAINER_ADJUSTMENT,
    ValidateContainerAdjustmentRequestSchema,
    ValidateContainerAdjustmentResponseSchema,
  ),
];

function row(
  name: NriEventName,
  number: Event,
  request: DescMessage,
  response: DescMessage = EmptySchema,
): EventRow {
  return { name, number, request, response };
}

const LAST_OLD_EVENT: number = Event.REMOVE_CONTAINER;

/** The mask of some events. */
export function maskOf(names: Iterable<NriEventName>): number {
  const wanted = new Set(names);
  return eventRows.reduce((mask, { name, number }) => (wanted.has(name) ? mask | bitOf(number) : mask), 0);
}

/** The events of a mask. */
export function eventsOf(mask: number): NriEventName[] {
  return eventRows.filter(({ number }) => (mask & bitOf(number)) !== 0).map(({ name }) => name);
}

/** The events of a mask that every NRI from 0.1 on has: others drop a plugin that asks for the later ones. */
export function oldEventsOf(mask: number): number {
  return mask & (2 ** LAST_OLD_EVENT - 1);
}

function bitOf(number: Event): number {
  return 1 << (number - 1);
}
