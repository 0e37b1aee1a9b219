import type { AgentStorage } from "../../../mod.ts";
import { checkOptionNames, type OptionNames } from "../../../words/option-names.ts";
import type { CallRequest } from "../call-types.ts";
import { storageInit } from "../storage.ts";
import type { Hands } from "./container-life.ts";
import type { GuestShare, ListedShare, RuntimeAgent } from "./runtime-agent.ts";
import { GuestSandboxError } from "./sandbox-error.ts";

/** How a sandbox is created. */
export interface GuestSandboxOptions {
  /** The sandbox's id, which its pause container has, too. */
  readonly id: string;
  /** The guest's host name. */
  readonly hostname?: string | undefined;
  /** The lines of the guest's resolv.conf. */
  readonly dns?: readonly string[] | undefined;
  /**
   * Whether all containers share the first one's PID namespace. Default: those whose bundles name one by its path. After `attach` it
   * has to be said again.
   */
  readonly sandboxPidns?: boolean | undefined;
  /** Whether profiles of seccomp are passed on. Default false, as in Kata's configuration. */
  readonly seccomp?: boolean | undefined;
  /** Whether the guest has a systemd that makes cgroups. Default: only an agent that is PID 1 takes a path of systemd's form. */
  readonly systemd?: boolean | undefined;
  /** How long each call may take that does not wait for a program. Default: the connection's. */
  readonly timeoutMs?: number | undefined;
  /** Gives it up when it is aborted. */
  readonly signal?: AbortSignal | undefined;
}

/** How a container is started. */
export interface StartOptions {
  /** Gives it up when it is aborted: nothing is shared then. */
  readonly signal?: AbortSignal | undefined;
}

export const startNames: OptionNames<StartOptions> = { signal: true };

const names: OptionNames<GuestSandboxOptions> = {
  ...{ id: true, hostname: true, dns: true, sandboxPidns: true },
  ...{ seccomp: true, systemd: true, timeoutMs: true, signal: true },
};

/**
 * Who starts containers, after a look at the agent; `prepare` gives the sandbox's storages.
 *
 * @throws {GuestSandboxError} "no-seccomp" for an agent without it.
 */
export async function handsOf(
  agent: RuntimeAgent,
  share: GuestShare,
  options: GuestSandboxOptions,
  prepare: () => Promise<readonly AgentStorage[]>,
): Promise<Hands & { readonly storages: readonly AgentStorage[] }> {
  checkOptionNames(options, names);
  const { id, timeoutMs, signal, seccomp = false, systemd = false, sandboxPidns = false } = options;
  const storages = await prepare();
  const { agentDetails } = await agent.getGuestDetails({}, { timeoutMs, signal });
  if (seccomp && !agentDetails?.supportsSeccomp)
    throw new GuestSandboxError({ act: `use the sandbox ${JSON.stringify(id)}`, trouble: "no-seccomp" });
  const message = { seccomp, systemd: systemd || (agentDetails?.initDaemon ?? false) };
  return { agent, share, timeoutMs, message, sandboxPidns, storages, reserved: reservedIn(storages) };
}

const AGENT_DIR = "/run/kata-containers/";

// The agent deletes a directory of the container's name there when it removes a container, or fails to start it.
function reservedIn(storages: readonly AgentStorage[]): ReadonlySet<string> {
  const points = storages.map(({ mountPoint }) => mountPoint).filter((path) => path.startsWith(AGENT_DIR));
  const names = points.map((path) => path.slice(AGENT_DIR.length).split("/")[0] ?? "");
  return new Set(["shared", "sandbox", "virtual-volumes", "image", ...names]);
}

/** The request that creates the sandbox. */
export function requestOf(
  { id, hostname = "", dns = [], sandboxPidns = false }: GuestSandboxOptions,
  storages: readonly AgentStorage[],
): CallRequest<"createSandbox"> {
  return { sandboxId: id, hostname, dns: [...dns], sandboxPidns, storages: storages.map(storageInit) };
}

/**
 * Refuses to create a sandbox while a guest may write to a share, or to what is mounted below one.
 *
 * @throws {GuestSandboxError} "writable-shares" with the names of all.
 */
export function refuseWritable(id: string, shares: readonly ListedShare[]): void {
  const isWritable = ({ attributes }: { readonly attributes: readonly string[] }) =>
    !attributes.includes("ro");
  const writable = shares.filter((share) => isWritable(share) || share.below.some(isWritable));
  if (writable.length === 0) return;
  const act = `create the sandbox ${JSON.stringify(id)}`;
  throw new GuestSandboxError({
    act,
    trouble: "writable-shares",
    subjects: writable.map(({ name }) => name),
  });
}
