import { readExactJson } from "../../../input/json.ts";
import type { Container, ContainerPlan } from "../../../mod.ts";
import { ociMessage } from "../spec/oci-message.ts";
import { processOf } from "../spec/process-part.ts";
import { type Hands, unshare } from "./container-life.ts";
import { execIn } from "./exec.ts";
import type { GuestProcess } from "./guest-process.ts";
import { hasContainer, isRefusal, isSilent, isUnsent } from "./runtime-agent.ts";
import { GuestSandboxError, type GuestSandboxTrouble, throwAll } from "./sandbox-error.ts";

/** How long a failure may take to be undone, at most. */
const UNDO_MS = 10_000;

/**
 * Shares a container, and has the agent create and start it: all or nothing. Gives its first process. What another process shared for
 * it, or has the agent start, stays.
 *
 * @throws what failed: nothing that was made here is left then.
 */
export async function startContainer(
  hands: Hands,
  container: Container,
  config: string | object,
  signal: AbortSignal | undefined,
): Promise<GuestProcess> {
  const { agent, share, timeoutMs } = hands;
  const { id } = container;
  const refuse = (trouble: GuestSandboxTrouble) =>
    new GuestSandboxError({ act: actOf(id), trouble, subjects: [id] });
  if (hands.reserved.has(id)) throw refuse("reserved-id");
  // Read once: the caller may change it meanwhile.
  const read = typeof config === "string" ? config : structuredClone(config);
  const own = processOf(readExactJson("config.json", read).needed("process"), []);
  await hands.lately.wait(id, signal);
  const start = async () => {
    if (await hasContainer(agent, id, { timeoutMs, signal })) throw refuse("container-exists");
    await shareAndStart(hands, container, read, signal);
  };
  // The agent gives up both of two that start one id.
  await share.startAlone(id, start, { signal });
  return execIn(hands, { containerId: id, execId: id, isTerminal: own.terminal ?? false }, own);
}

async function shareAndStart(
  hands: Hands,
  container: Container,
  config: string | object,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { id } = container;
  const shares = await hands.share.list();
  const isOthers = shares.some((one) => one.container === id || one.users?.includes(id));
  const plan = await hands.share.shareContainer(container, { signal });
  const made: Made = { isShareOwn: !isOthers, isCreated: false, isAsked: false };
  try {
    await createAndStart(hands, { container, plan, config, signal }, made);
  } catch (error) {
    const failures = [error];
    await undo(hands, container, made, failures);
    throwAll(actOf(id), failures);
    throw error;
  }
}

const actOf = (id: string) => `start the container ${JSON.stringify(id)}`;

// What a start made.
interface Made {
  /** Whether nobody had shared anything for the container before. */
  readonly isShareOwn: boolean;
  /** Whether the agent created the container for it. */
  isCreated: boolean;
  /** Whether the agent may have created it. */
  isAsked: boolean;
}

interface Start {
  readonly container: Container;
  readonly plan: ContainerPlan;
  readonly config: string | object;
  readonly signal: AbortSignal | undefined;
}

async function createAndStart(
  { agent, timeoutMs, message, ...hands }: Hands,
  { container: { id: containerId }, plan, config, signal }: Start,
  made: Made,
): Promise<void> {
  const { oci, storages, ...own } = ociMessage(config, plan, message);
  const sandboxPidns = own.sandboxPidns || hands.sandboxPidns;
  const options = { timeoutMs, signal };
  const request = { containerId, execId: containerId, oci, storages, sandboxPidns };
  try {
    await agent.createContainer(request, options);
    made.isCreated = true;
  } catch (error) {
    made.isAsked = !isUnsent(error);
    throw error;
  }
  await agent.startContainer({ containerId }, options);
}

async function undo(hands: Hands, container: Container, made: Made, failures: unknown[]): Promise<void> {
  const { agent, timeoutMs = UNDO_MS } = hands;
  const { isCreated, isAsked, isShareOwn } = made;
  // Another process was faster: the container of this id, and its shares, are that one's.
  const isOwn = isCreated || (isShareOwn && !failures.some(isTaken));
  if (!isOwn) return;
  const limits = { timeoutMs: Math.min(timeoutMs, UNDO_MS) };
  // The agent may have nothing, or not answer any more.
  let isLost = failures.some(isSilent);
  if (isCreated || isAsked)
    await agent.removeContainer({ containerId: container.id }, limits).catch((error) => {
      isLost = isSilent(error);
    });
  if (!isLost) return void (await unshare({ ...hands, ...limits }, container, failures));
  await hands.share.unshareContainer(container).catch((error) => failures.push(error));
}

const isTaken = (error: unknown) => isRefusal(error) && error.reason.includes("exec fifo exists");
