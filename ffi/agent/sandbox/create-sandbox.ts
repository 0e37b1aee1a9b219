import type { AgentStorage } from "../../../mod.ts";
import type { AgentError } from "../agent-error.ts";
import type { Hands } from "./container-life.ts";
import { isRefusal, isUnsent, type RuntimeAgent } from "./runtime-agent.ts";
import { GuestSandboxError } from "./sandbox-error.ts";
import { type GuestSandboxOptions, refuseWritable, requestOf } from "./sandbox-options.ts";

/** The agent makes it when it creates a sandbox, and nothing makes it before. */
const AGENT_DIR = "/run/kata-containers";

interface Limits {
  readonly timeoutMs: number | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * Has the agent create the sandbox, once: it deletes through all that is mounted, disks too. What is not seen on the host, the agent
 * is asked for.
 *
 * @throws {GuestSandboxError} "sandbox-exists" where it was asked before, "writable-shares" while the guest may write to a share.
 * @throws {AgentError} if the agent refuses, or does not answer.
 */
export async function createSandbox(
  { agent, share, timeoutMs, storages }: Hands & { readonly storages: readonly AgentStorage[] },
  options: GuestSandboxOptions,
): Promise<void> {
  const { id, signal } = options;
  const limits = { timeoutMs, signal };
  const exists = () =>
    new GuestSandboxError({ act: `create the sandbox ${JSON.stringify(id)}`, trouble: "sandbox-exists" });
  if (await hasSandbox(agent, limits)) throw exists();
  let unsent: AgentError | undefined;
  const create = async () => {
    try {
      await agent.createSandbox(requestOf(options, storages), limits);
      return true;
    } catch (error) {
      if (!isUnsent(error)) throw error;
      unsent = error;
      return false;
    }
  };
  const isFirst = await share.createOnce((shares) => refuseWritable(id, shares), create);
  if (unsent) throw unsent;
  if (!isFirst) throw exists();
}

// An agent that may not say so, by its policy, or has no such call, is taken for a new one: the mark on the host is left.
async function hasSandbox(agent: RuntimeAgent, limits: Limits): Promise<boolean> {
  try {
    await agent.getVolumeStats({ volumeGuestPath: AGENT_DIR }, limits);
    return true;
  } catch (error) {
    if (isRefusal(error)) return false;
    throw error;
  }
}
