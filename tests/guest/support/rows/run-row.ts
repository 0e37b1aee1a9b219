import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { storageInit } from "../../../../ffi/agent/storage.ts";
import { connectAgent } from "../../../../ffi/agent/ttrpc-agent.ts";
import type { FilesystemShareOptions, Sandbox } from "../../../../ffi/mod.ts";
import { libc } from "../../../support/runtimes.ts";
import type { Scratch } from "../../../support/scratch.ts";
import type { Guest } from "../guest.ts";
import { inGuest, machinesLeft } from "../guest-test.ts";
import type { Hardware } from "../hardware.ts";
import { Virtiofsd } from "../virtiofsd.ts";
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
export type AgentBoot = (scratch: Scratch, hardware: Hardware) => Promise<AgentGuest>;

const CALL_TIMEOUT_MS = 60_000;

/** Does what a row says with an agent; what was seen. Nothing is left of it, in the guest's place or on the host. */
export async function runRow(scratch: Scratch, row: Row, boot: AgentBoot): Promise<unknown> {
  const { sandbox = {}, machine = "pc", disks = () => [] } = row;
  const shareWith = (overrides: Partial<Sandbox>, options: FilesystemShareOptions = {}) =>
    scratch.share({ guestDir: inGuest, ...sandbox, ...overrides }, { libc, ...options });
  const share = shareWith({});
  const storages = await share.prepare();
  const hardware = { disks: disks(scratch), machine };
  let isSeen = false;
  const started: { end(): Promise<void> }[] = [];
  try {
    const sharedBy = `${scratch.path}/virtiofsd.sock`;
    if (sandbox.sharedFs !== "none")
      started.push(await Virtiofsd.start(scratch.inSandbox("shared"), sharedBy, { isUpper: false }));
    const booted = await boot(scratch, { ...hardware, ...(started.length > 0 && { sharedBy }) });
    started.push(booted);
    const connect = () =>
      connectAgent(booted.address, { timeoutMs: CALL_TIMEOUT_MS, callTimeoutMs: CALL_TIMEOUT_MS });
    const agent = await connect();
    started.push({ end: () => agent.close() });
    try {
      await booted.ready();
      await agent.createSandbox({ sandboxId: "s1", storages: storages.map(storageInit) });
      if (sandbox.sharedFs !== "none")
        console.log(await assertTwoMachines(booted.guest, scratch.inSandbox("shared")));
      const place = { scratch, share, shareWith, guest: booted.guest, agent, connect };
      const result = await seen(row, place);
      isSeen = true;
      return result;
    } catch (error) {
      throw new Error(`${(error as Error).message}\n${await booted.told()}`, { cause: error });
    }
  } finally {
    for (const each of started.toReversed()) await each.end();
    await share.cleanup();
    if (isSeen) row.after?.(scratch);
    assert.deepEqual(readdirSync(scratch.hostDir), [], "something of the sandbox is left");
    assert.deepEqual(machinesLeft(), [], "processes of the machine are left");
  }
}

async function seen(row: Row, place: Omit<Parameters<Row["see"]>[0], "pod">): Promise<unknown> {
  const pod = new Pod(place.agent, place.share);
  const result = await row.see({ ...place, pod });
  await pod.removeAll();
  await place.agent.destroySandbox();
  return result;
}
