import type { AgentStorage } from "../../../mod.ts";
import { checkOptionNames, type OptionNames } from "../../../words/option-names.ts";
import type { CallRequest } from "../call-types.ts";
import { storageInit } from "../storage.ts";
import type { Hands } from "./container-life.ts";
import { LatelyUnshared } from "./lately-unshared.ts";
import { reservedIds } from "./reserved-ids.ts";
import type { GuestShare, ListedShare, RuntimeAgent } from "./runtime-agent.ts";
import { GuestSandboxError } from "./sandbox-error.ts";

/** How a sandbox is created. */
export interface GuestSandboxOptions {
  /** The sandbox's id, which its pause container has, too. */
  readonly id: string;
  /** The host name of all containers: the agent does not set that of a config.json. */
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

const names: OptionNames<GuestSandboxOptions> = {
  ...{ id: true, hostname: true, dns: true, sandboxPidns: true },
  ...{ seccomp: true, systemd: true, timeoutMs: true, signal: true },
};

function checkOptions(options: GuestSandboxOptions): void {
  checkOptionNames(options, names);
  const { id, hostname = "", dns = [], timeoutMs = 1, signal } = options;
  const must = (isRight: boolean, name: string, what: string) => {
    if (!isRight) throw new TypeError(`${name} has to be ${what}`);
  };
  must(typeof id === "string" && id !== "", "id", "the sandbox's id");
  must(typeof hostname === "string", "hostname", "a text");
  must(Array.isArray(dns) && dns.every((line) => typeof line === "string"), "dns", "a list of lines");
  must(typeof timeoutMs === "number" && timeoutMs > 0, "timeoutMs", "a number of milliseconds");
  must(signal === undefined || signal instanceof AbortSignal, "signal", "an AbortSignal");
  for (const name of ["sandboxPidns", "seccomp", "systemd"] as const)
    must(["boolean", "undefined"].includes(typeof options[name]), name, "true or false");
}

/**
 * Who starts containers, after a look at the agent; `prepare` gives the sandbox's storages.
 *
 * @throws {TypeError} for options that are none.
 * @throws {GuestSandboxError} "no-seccomp" for an agent without it, "guest-dir" where the share is mounted where the agent deletes.
 */
export async function handsOf(
  agent: RuntimeAgent,
  share: GuestShare,
  options: GuestSandboxOptions,
  prepare: () => Promise<readonly AgentStorage[]>,
): Promise<Hands & { readonly storages: readonly AgentStorage[] }> {
  checkOptions(options);
  const { id, timeoutMs, signal, seccomp = false, systemd = false, sandboxPidns = false } = options;
  const storages = await prepare();
  const lately = new LatelyUnshared();
  const reserved = reservedIds(id, storages);
  const { agentDetails } = await agent.getGuestDetails({}, { timeoutMs, signal });
  if (seccomp && !agentDetails?.supportsSeccomp)
    throw new GuestSandboxError({ act: `use the sandbox ${JSON.stringify(id)}`, trouble: "no-seccomp" });
  const message = { seccomp, systemd: systemd || (agentDetails?.initDaemon ?? false) };
  return { agent, share, timeoutMs, message, sandboxPidns, storages, reserved, lately };
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
