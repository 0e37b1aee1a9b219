import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { connectAgent } from "../../../../ffi/agent/ttrpc-agent.ts";
import type { FilesystemShareOptions, Sandbox } from "../../../../ffi/mod.ts";
import { Virtiofsd } from "../../../../vm/mod.ts";
import { type AgentTraits, traitsOf } from "../../../support/agent/agent-traits.ts";
import { libc } from "../../../support/runtimes.ts";
import type { Scratch } from "../../../support/scratch.ts";
import type { Guest } from "../guest.ts";
import { inGuest, machinesLeft } from "../guest-test.ts";
import type { Hardware } from "../hardware.ts";
import { Pod } from "./pod.ts";
import type { Row } from "./row.ts";
import { assertTwoMachines } from "./tables.ts";

/** A guest that has an agent. */
export interface AgentGuest {
  readonly guest: Guest;
  /** Where the agent listens. */
  readonly address: string;
  /** Does what is left to do once the agent listens. */
  readonly ready: () => Promise<void>;
  /** What the agent has told, where something fails. */
  readonly told: () => Promise<string>;
  readonly end: () => Promise<void>;
}

/** Boots a guest with an agent of one kind. */
export type AgentBoot = (scratch: Scratch, hardware: Hardware, traits?: AgentTraits) => Promise<AgentGuest>;

/** How a row is run. */
export interface RowOptions {
  /** Gets the two tables of mounts. */
  readonly show?: (text: string) => void;
  /** Those of the agent that is played. Default: the newest one's. */
  readonly traits?: AgentTraits | undefined;
}

/** What was seen, and of which agent. */
export interface Seen {
  readonly seen: unknown;
  readonly traits: AgentTraits;
}

const TIMEOUT_MS = 60_000;

/** Does what a row says with an agent. Nothing is left of it. */
export async function runRow(
  scratch: Scratch,
  row: Row,
  boot: AgentBoot,
  { show = () => {}, traits: played }: RowOptions = {},
): Promise<Seen> {
  const shareWith = (overrides: Partial<Sandbox>, options: FilesystemShareOptions = {}) =>
    scratch.share({ guestDir: inGuest, ...row.sandbox, ...overrides }, { libc, ...options });
  const share = shareWith({});
  await share.prepare();
  const started: { end(): Promise<void> }[] = [];
  let result: Seen;
  try {
    const booted = await bootFor(scratch, row, (where, hardware) => boot(where, hardware, played), started);
    const connect = () => connectAgent(booted.address, { timeoutMs: TIMEOUT_MS, callTimeoutMs: TIMEOUT_MS });
    try {
      const agent = await connect();
      started.push({ end: () => agent.close() });
      await booted.ready();
      const pod = await Pod.create(agent, share);
      if (sharesFiles(row)) show(await assertTwoMachines(booted.guest, scratch.inSandbox("shared")));
      const traits = traitsOf((await agent.getGuestDetails()).agentDetails?.version ?? "");
      const { guest } = booted;
      const seen = await row.see({ scratch, share, shareWith, guest, agent, traits, connect, pod });
      result = { seen, traits };
      await pod.destroy();
    } catch (error) {
      throw new Error(`${(error as Error).message}\n${await booted.told()}`, { cause: error });
    }
  } finally {
    for (const each of started.toReversed()) await each.end();
    await share.cleanup();
    assert.deepEqual(machinesLeft(), [], "processes of the machine are left");
  }
  assert.deepEqual(readdirSync(scratch.hostDir), [], "something of the sandbox is left");
  row.after?.(scratch, result.traits);
  return result;
}

const sharesFiles = ({ sandbox }: Row) => sandbox?.sharedFs !== "none";

async function bootFor(
  scratch: Scratch,
  row: Row,
  boot: AgentBoot,
  started: { end(): Promise<void> }[],
): Promise<AgentGuest> {
  const { machine = "pc", disks = () => [] } = row;
  const hardware = { disks: disks(scratch), machine };
  const sharedBy = `${scratch.path}/virtiofsd.sock`;
  if (sharesFiles(row))
    started.push(await Virtiofsd.start({ directory: scratch.inSandbox("shared") }, { socket: sharedBy }));
  const booted = await boot(scratch, { ...hardware, ...(sharesFiles(row) && { sharedBy }) });
  started.push(booted);
  return booted;
}
