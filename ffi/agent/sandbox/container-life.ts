import type { Container, ContainerPlan } from "../../../mod.ts";
import { AgentError } from "../agent-error.ts";
import { type OciMessageOptions, ociMessage } from "../spec/oci-message.ts";
import type { GuestProcess } from "./guest-process.ts";
import {
  type GuestShare,
  isSilent,
  isUnknownCall,
  isUnknownContainer,
  type RuntimeAgent,
} from "./runtime-agent.ts";
import { GuestSandboxError, throwAll } from "./sandbox-error.ts";
import { bringTerminationLog } from "./termination-log.ts";

/** Who starts and removes containers. */
export interface Hands {
  readonly agent: RuntimeAgent;
  readonly share: GuestShare;
  readonly timeoutMs: number | undefined;
  readonly message: OciMessageOptions;
  /** Whether all containers share one PID namespace, whatever their bundles say. */
  readonly sandboxPidns: boolean;
  /** Ids that no container may have. */
  readonly reserved: ReadonlySet<string>;
}

/** A container that was started. */
export interface Started {
  readonly container: Container;
  readonly process: GuestProcess | undefined;
}

const SIGKILL = 9;
const DEFAULT_MS = 60_000;

/** How long a failure may take to be undone, at most. */
const UNDO_MS = 10_000;

/**
 * Shares a container, and has the agent create and start it: all or nothing. Gives the plan.
 *
 * @throws what failed: nothing is shared then.
 */
export async function startContainer(
  hands: Hands,
  container: Container,
  config: string | object,
  signal: AbortSignal | undefined,
): Promise<ContainerPlan> {
  const { agent, share, timeoutMs, message } = hands;
  const { id: containerId } = container;
  const act = `start the container ${JSON.stringify(containerId)}`;
  if (hands.reserved.has(containerId))
    throw new GuestSandboxError({ act, trouble: "reserved-id", subjects: [containerId] });
  const plan = await share.shareContainer(container, { signal });
  try {
    const { oci, storages, ...own } = ociMessage(config, plan, message);
    const sandboxPidns = own.sandboxPidns || hands.sandboxPidns;
    const options = { timeoutMs, signal };
    try {
      const request = { containerId, execId: containerId, oci, storages, sandboxPidns };
      await agent.createContainer(request, options);
      await agent.startContainer({ containerId }, options);
    } catch (error) {
      if (!isUnsent(error)) await forget(hands, containerId);
      throw error;
    }
    return plan;
  } catch (error) {
    const failures = [error];
    await share.unshareContainer(container).catch((failure) => failures.push(failure));
    throwAll(act, failures);
    throw error;
  }
}

// Whether the agent never heard of the container.
function isUnsent(error: unknown): boolean {
  return error instanceof AgentError && error.request === "createContainer" && error.sent === "nothing";
}

// What the agent has of a container that failed. It may have nothing, or not answer any more.
async function forget({ agent, timeoutMs = DEFAULT_MS }: Hands, containerId: string): Promise<void> {
  await agent.removeContainer({ containerId }, { timeoutMs: Math.min(timeoutMs, UNDO_MS) }).catch(() => {});
}

/** What came of removing a container that the agent let go of. */
export interface Removed {
  /** Whether it is unshared, too. */
  readonly isUnshared: boolean;
  readonly failures: readonly unknown[];
}

/**
 * Ends a container: kills its processes, brings its termination log, has the agent remove it, and unshares it then. What fails beside
 * does not keep it from going on, and is given.
 *
 * @throws {AgentError} if the agent does not let go; the container stays shared.
 */
export async function removeContainer(
  hands: Hands,
  container: Container,
  process: GuestProcess | undefined,
): Promise<Removed> {
  const { agent, share, timeoutMs } = hands;
  const { id: containerId } = container;
  const failures: unknown[] = [];
  const isCopied = share.viewPath === undefined;
  await killed(hands, containerId, process);
  if (isCopied)
    await bringTerminationLog(agent, container, { timeoutMs }).catch((error) => {
      if (isSilent(error)) throw error;
      if (!isUnknownContainer(error)) failures.push(error);
    });
  await agent.removeContainer({ containerId }, { timeoutMs }).catch((error) => {
    if (!isUnknownContainer(error)) throw error;
  });
  const isUnshared = await share.unshareContainer(container).then(
    () => true,
    (error) => {
      failures.push(error);
      return false;
    },
  );
  if (!isCopied)
    await agent.removeStaleVirtiofsShareMounts({ timeoutMs }).catch((error) => {
      if (!isUnknownCall(error)) failures.push(error);
    });
  return { isUnshared, failures };
}

// Waits for its end, so that whoever asks how it ended is told. What fails here, removing tells.
async function killed(
  { agent, timeoutMs = DEFAULT_MS }: Hands,
  containerId: string,
  process: GuestProcess | undefined,
): Promise<void> {
  const call = { containerId, execId: "", signal: SIGKILL };
  try {
    await agent.signalProcess(call, { timeoutMs });
  } catch (error) {
    if (isSilent(error)) throw error;
    return;
  }
  if (!process) return;
  await process.discardOutput(timeoutMs);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, timeoutMs);
  });
  await Promise.race([process.exited.catch(() => {}), late]);
  clearTimeout(timer);
}
