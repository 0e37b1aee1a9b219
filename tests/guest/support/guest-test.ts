import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import type { AgentStorage, FilesystemShare, FilesystemShareOptions, Sandbox } from "../../../ffi/mod.ts";
import { type MachineDisk, Virtiofsd } from "../../../vm/mod.ts";
import { mountTest, type Scratch } from "../../support/scratch.ts";
import { Agent } from "./agent.ts";
import { Guest } from "./guest.ts";
import type { Hardware } from "./hardware.ts";

/** Where the guest has what is shared. */
export const inGuest: string = "/run/kata-containers/shared/containers";

/** A prepared sandbox, and how to boot its guest. */
export interface GuestTest {
  readonly scratch: Scratch;
  readonly share: FilesystemShare;
  /** Another one for the same sandbox. */
  readonly shareWith: (overrides: Partial<Sandbox>, options?: FilesystemShareOptions) => FilesystemShare;
  /** What `prepare` gave. */
  readonly storages: readonly AgentStorage[];
  /** Boots the guest with the view of the sandbox, or another directory, and these disks. */
  readonly boot: (options?: BootOptions) => Promise<{ guest: Guest; agent: Agent }>;
}

export interface BootOptions {
  readonly exported?: string;
  /** Whether an overlay of the guest writes to what is exported. */
  readonly isUpper?: boolean;
  readonly disks?: readonly MachineDisk[];
  readonly machine?: Hardware["machine"];
}

/** A test with a sandbox and a guest. No process, socket or mount is left of it, however it ends. */
export function guestTest(
  name: string,
  body: (test: GuestTest) => Promise<void>,
  { sandbox = {} }: { sandbox?: Partial<Sandbox> | ((scratch: Scratch) => Partial<Sandbox>) } = {},
): void {
  mountTest(name, async (scratch) => {
    const overrides = typeof sandbox === "function" ? sandbox(scratch) : sandbox;
    const shareWith = (more: Partial<Sandbox>, options: FilesystemShareOptions = {}) =>
      scratch.share({ guestDir: inGuest, ...overrides, ...more }, options);
    const share = shareWith({});
    const storages = await share.prepare();
    const started: { end(): Promise<void> }[] = [];
    const boot = (options: BootOptions = {}) => bootIn(scratch, options, started);
    try {
      await body({ scratch, share, shareWith, storages, boot });
    } finally {
      for (const each of started.toReversed()) await each.end();
    }
    await share.cleanup();
    assert.deepEqual(readdirSync(scratch.hostDir), [], "something of the sandbox is left");
    assert.deepEqual(machinesLeft(), [], "processes of the machine are left");
    assert.ok(!readdirSync(scratch.path).includes("virtiofsd.sock"), "a socket is left");
  });
}

async function bootIn(
  scratch: Scratch,
  { exported = scratch.inSandbox("shared"), isUpper = false, disks = [], machine = "pc" }: BootOptions,
  started: { end(): Promise<void> }[],
): Promise<{ guest: Guest; agent: Agent }> {
  const sharedBy = `${scratch.path}/virtiofsd.sock`;
  // An overlay's upper directory takes extended attributes, and the right to those that are trusted.
  const attributes = { xattr: true, modcaps: ["+sys_admin"] };
  const served = { socket: sharedBy, ...(isUpper && attributes) };
  started.push(await Virtiofsd.start({ directory: exported }, served));
  const guest = await Guest.boot(scratch.directory("machine"), { sharedBy, disks, machine });
  started.push(guest);
  return { guest, agent: new Agent(guest) };
}

const PF_EXITING = 4;

/**
 * The processes of machines that are there: these tests have a process namespace of their own. One that is over, and was left to a
 * process that waits for no others, is not; nor is one that the kernel is ending, which has closed all that it had open.
 */
export function machinesLeft(): string[] {
  const processes = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const names = processes.flatMap((pid) => {
    try {
      const [, name = "", state, flags] =
        /^\d+ \((.*)\) (\w)(?: \S+){5} (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
      return state === "Z" || (Number(flags) & PF_EXITING) > 0 ? [] : [name];
    } catch {
      return []; // it is over
    }
  });
  return names.filter((name) => /^(qemu|virtiofsd|vhost-device)/.test(name));
}
