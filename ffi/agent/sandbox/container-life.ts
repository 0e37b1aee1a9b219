import type { Container } from "../../../mod.ts";
import type { OciMessageOptions } from "../spec/oci-message.ts";
import type { GuestProcess } from "./guest-process.ts";
import type { LatelyUnshared } from "./lately-unshared.ts";
import { knownIn } from "./processes-in-use.ts";
import { type GuestShare, isSilent, isUnknownContainer, type RuntimeAgent } from "./runtime-agent.ts";
import { bringTerminationLog } from "./termination-log.ts";
import { unlessAborted } from "./unless-aborted.ts";

/** Who starts and removes containers. */
export interface Hands {
  readonly agent: RuntimeAgent;
  readonly share: GuestShare;
  readonly timeoutMs: number | undefined;
  readonly message: OciMessageOptions;
  /** Whether all containers share one PID namespace, whatever their bundles say. */
  readonly sandboxPidns: boolean;
  /** Those whose shares the guest may still know. */
  readonly lately: LatelyUnshared;
  /** Ids that no container may have. */
  readonly reserved: ReadonlySet<string>;
}

/** A container that was started. */
export interface Started {
  readonly container: Container;
  readonly process: GuestProcess | undefined;
}

/** The number of the signal that ends a process whatever it does. */
export const SIGKILL = 9;

const DEFAULT_MS = 60_000;

/** How a container is removed. */
export interface Removal {
  /** Its first process, if it is known. */
  readonly process: GuestProcess | undefined;
  /** Gives up waiting for the agent. */
  readonly signal?: AbortSignal | undefined;
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
  { process, signal }: Removal,
): Promise<Removed> {
  const { agent, share, timeoutMs } = hands;
  const { id: containerId } = container;
  const failures: unknown[] = [];
  const isCopied = share.viewPath === undefined;
  await kill(hands, containerId, { process, signal });
  if (isCopied)
    await bringTerminationLog(agent, container, { timeoutMs, signal }).catch((error) => {
      if (isSilent(error)) throw error;
      if (!isUnknownContainer(error)) failures.push(error);
    });
  await agent.removeContainer({ containerId }, { timeoutMs, signal }).catch((error) => {
    if (!isUnknownContainer(error)) throw error;
  });
  return { isUnshared: await unshare(hands, container, failures), failures };
}

/**
 * Unshares a container that the agent let go of, and has the guest forget its mounts: by the same names it would find what was there
 * before. Gives whether it is unshared; what fails is noted. An agent that does not forget has let go all the same.
 */
export async function unshare(
  { agent, share, timeoutMs, lately }: Hands,
  container: Container,
  failures: unknown[],
): Promise<boolean> {
  const isUnshared = await share.unshareContainer(container).then(
    () => true,
    (error) => {
      failures.push(error);
      return false;
    },
  );
  if (share.viewPath !== undefined) lately.note(container.id);
  if (share.viewPath !== undefined && !failures.some(isSilent))
    await agent.removeStaleVirtiofsShareMounts({ timeoutMs }).catch(() => {});
  return isUnshared;
}

// Waits for its end, so that whoever asks how it ended is told. What fails here, removing tells.
async function kill(hands: Hands, containerId: string, { process, signal }: Removal): Promise<void> {
  const { agent, timeoutMs = DEFAULT_MS } = hands;
  const call = { containerId, execId: "", signal: SIGKILL };
  try {
    await agent.signalProcess(call, { timeoutMs, signal });
  } catch (error) {
    if (isSilent(error)) throw error;
    return;
  }
  const inUse = new Set([process, ...knownIn(hands, containerId)]);
  await unlessAborted(Promise.all([...inUse].map((each) => each?.settle(timeoutMs))), signal);
}
