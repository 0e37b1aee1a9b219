import type { MessageInitShape } from "@bufbuild/protobuf";
import type { TtrpcContext } from "../ttrpc/server-call.ts";
import type { NriEventName } from "./events.ts";
import type { Container, PodSandbox } from "./generated/container_pb.ts";
import type {
  CreateContainerResponseSchema,
  StopContainerResponseSchema,
  UpdateContainerRequest,
  UpdateContainerResponseSchema,
  UpdatePodSandboxRequest,
  ValidateContainerAdjustmentRequest,
  ValidateContainerAdjustmentResponseSchema,
} from "./generated/events_pb.ts";
import type { NriState } from "./state.ts";

/** What a plugin answers, at once or later; nothing where it wants no change. */
export type NriAnswer<T> = T | undefined | Promise<T | undefined>;
/** A handler that answers nothing, at once or later. */
export type NriNothing = void | Promise<void>;

/** An event of a pod. */
export interface NriPodEvent {
  /** The pod. It has no state: a stopped pod lacks its `pid`. */
  readonly pod: PodSandbox;
  /** Set if the message took so much memory that the fields of the plugin's `lighten` are left out. */
  readonly isLightened?: true | undefined;
}

/** An event of a container. */
export interface NriContainerEvent extends NriPodEvent {
  /** The container. `pid` is a number of the runtime's namespace of processes. */
  readonly container: Container;
}

/** Handles an event that cannot be adjusted. */
export type NriPodHandler = (event: NriPodEvent, context: TtrpcContext) => NriNothing;

/** Handles an event that cannot be adjusted. */
export type NriContainerHandler = (event: NriContainerEvent, context: TtrpcContext) => NriNothing;

/**
 * What a plugin does at which event; it gets the events that it has a handler for. The runtime waits for each answer, at most two
 * seconds, and all other pods of the node wait as well.
 *
 * A handler refuses by throwing a TtrpcRefusal, or any other error. A refusal keeps a pod from running and a container from being
 * created, started or updated; at the other events it is a line of the runtime's log.
 */
export interface NriHandlers {
  /**
   * Gets the pods and containers that there are, at the start and after each interruption. The runtime was answered before. Events
   * wait until it has ended.
   */
  readonly synchronize?: ((state: NriState) => NriNothing) | undefined;
  /** A pod's sandbox runs, and none of its containers. */
  readonly runPodSandbox?: NriPodHandler | undefined;
  /** A pod's resources are going to change. Since NRI 0.9. */
  readonly updatePodSandbox?:
    | ((event: UpdatePodSandboxRequest & NriPodEvent, context: TtrpcContext) => NriNothing)
    | undefined;
  /** A pod's resources have changed. Since NRI 0.9. */
  readonly postUpdatePodSandbox?: NriPodHandler | undefined;
  /** A pod's sandbox has ended. */
  readonly stopPodSandbox?: NriPodHandler | undefined;
  /** A pod is gone. */
  readonly removePodSandbox?: NriPodHandler | undefined;
  /** A container is going to be created: what is answered changes it, and others. */
  readonly createContainer?:
    | ((
        event: NriContainerEvent,
        context: TtrpcContext,
      ) => NriAnswer<MessageInitShape<typeof CreateContainerResponseSchema>>)
    | undefined;
  /** A container was created, with all changes of all plugins. */
  readonly postCreateContainer?: NriContainerHandler | undefined;
  /** A container is going to be started. */
  readonly startContainer?: NriContainerHandler | undefined;
  /** A container runs. */
  readonly postStartContainer?: NriContainerHandler | undefined;
  /** A container's resources are going to change. */
  readonly updateContainer?:
    | ((
        event: UpdateContainerRequest & NriContainerEvent,
        context: TtrpcContext,
      ) => NriAnswer<MessageInitShape<typeof UpdateContainerResponseSchema>>)
    | undefined;
  /** A container's resources have changed. */
  readonly postUpdateContainer?: NriContainerHandler | undefined;
  /** A container has ended. */
  readonly stopContainer?:
    | ((
        event: NriContainerEvent,
        context: TtrpcContext,
      ) => NriAnswer<MessageInitShape<typeof StopContainerResponseSchema>>)
    | undefined;
  /** A container is gone. */
  readonly removeContainer?: NriContainerHandler | undefined;
  /**
   * Judges what all plugins want to change of a container: `{ reject: true, reason }` refuses the container. Since NRI 0.10; look
   * at `missing` of the runtime before you rely on it.
   */
  readonly validateContainerAdjustment?:
    | ((
        event: ValidateContainerAdjustmentRequest & NriContainerEvent,
        context: TtrpcContext,
      ) => NriAnswer<MessageInitShape<typeof ValidateContainerAdjustmentResponseSchema>>)
    | undefined;
  /** The runtime ends. Hardly any says so: a connection that ends is all. */
  readonly shutdown?: (() => NriNothing) | undefined;
}

/** A handler of an event, whichever that is. */
export type EventHandler = (event: NriContainerEvent, context: TtrpcContext) => unknown;

/** The handler of an event; undefined if the plugin has none. */
export function handlerOf(handlers: NriHandlers, name: NriEventName): EventHandler | undefined {
  return handlers[name] as EventHandler | undefined;
}
