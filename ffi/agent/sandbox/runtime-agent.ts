import type { AgentStorage, Container, ContainerPlan } from "../../../mod.ts";
import type { AgentCallOptions } from "../agent.ts";
import { AgentError } from "../agent-error.ts";
import type { TtrpcAgent } from "../ttrpc-agent.ts";

/** The calls of an agent that start, feed and end containers. */
export type RuntimeAgent = Pick<
  TtrpcAgent,
  | "createSandbox"
  | "destroySandbox"
  | "getGuestDetails"
  | "getDiagnosticData"
  | "getVolumeStats"
  | "removeStaleVirtiofsShareMounts"
  | "createContainer"
  | "startContainer"
  | "removeContainer"
  | "statsContainer"
  | "execProcess"
  | "signalProcess"
  | "waitProcess"
  | "writeStdin"
  | "readStdout"
  | "readStderr"
  | "closeStdin"
  | "ttyWinResize"
>;

/** What is shared with the guest of a sandbox: `FilesystemShare` of guestshare/host is one. */
export interface GuestShare {
  /** The directory that the guest sees; undefined where nothing is shared, but copied. */
  readonly viewPath: string | undefined;
  /** Makes it ready, which may be done again; gives what the agent mounts for the sandbox. */
  prepare(): Promise<readonly AgentStorage[]>;
  /** The shares that there are. */
  list(): Promise<readonly ListedShare[]>;
  /** What `prepare` would do; changes nothing. */
  plan(operation: "prepare"): Promise<{ readonly plan: { readonly storages: readonly AgentStorage[] } }>;
  /**
   * Calls `create` once until the cleanup, after `check` saw the shares; nothing is shared meanwhile. `create` gives false if the
   * agent was not reached. False where `create` was called before.
   */
  createOnce(
    check: (shares: readonly ListedShare[]) => void,
    create: () => Promise<boolean>,
  ): Promise<boolean>;
  /** Calls `start` while no other process starts a container of this id; it waits for one that does. */
  startAlone<T>(
    container: string,
    start: () => Promise<T>,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<T>;
  /** Shares a container's root and mounts. */
  shareContainer(
    container: Container,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<ContainerPlan>;
  /** Removes what was shared for a container. */
  unshareContainer(container: Container): Promise<void>;
  /** Removes all. */
  cleanup(options?: { readonly revoke?: boolean | undefined }): Promise<void>;
}

/** A share, and what of it the guest may not do. */
export interface ListedShare {
  /** Its name in the hub. */
  readonly name: string;
  /** The words of its attributes: without "ro" the guest may write to it. */
  readonly attributes: readonly string[];
  /** The mounts below it. */
  readonly below: readonly { readonly attributes: readonly string[] }[];
  /** The container that it was made for, of one that is not for several. */
  readonly container?: string | undefined;
  /** The containers that have it together. */
  readonly users?: readonly string[] | undefined;
}

/** Whether the agent said that it has no container of this id. */
export function isUnknownContainer(error: unknown): boolean {
  return isRefusal(error) && /^"?invalid ?container ?id(?:$|["\s:])/i.test(error.reason);
}

/** Whether the agent answered, and refused. */
export function isRefusal(error: unknown): error is AgentError {
  return error instanceof AgentError && error.trouble === "status";
}

/** Whether the agent said that it has no such call: it is older. */
export function isUnknownCall(error: unknown): boolean {
  if (!isRefusal(error)) return false;
  return (
    error.code === "UNIMPLEMENTED" || /is not (?:supported|implemented)|does not exist/.test(error.reason)
  );
}

/** Whether nothing of a call reached the agent, so that it did nothing. */
export function isUnsent(error: unknown): error is AgentError {
  return error instanceof AgentError && error.sent === "nothing";
}

/** Whether the agent gives no answers any more, so that there is no use in asking for more. */
export function isSilent(error: unknown): boolean {
  return error instanceof AgentError && ["deadline", "connection", "protocol"].includes(error.trouble);
}

/**
 * Whether the agent has a container of this id.
 *
 * @throws {AgentError} if it does not say.
 */
export async function hasContainer(
  agent: RuntimeAgent,
  containerId: string,
  options: AgentCallOptions,
): Promise<boolean> {
  try {
    await agent.statsContainer({ containerId }, options);
    return true;
  } catch (error) {
    if (isUnknownContainer(error)) return false;
    throw error;
  }
}
