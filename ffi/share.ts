import {
  type Container,
  type Core,
  load,
  type Mount,
  type Op,
  type Plan,
  type PlanOf,
  type RequestOf,
  type Sandbox,
  type SharedFile,
  type Storage,
} from "../mod.ts";
import type { OnStep } from "./execute.ts";
import { type Host, hostOf } from "./linux/host.ts";
import type { Libc } from "./linux/libc.ts";
import { openLibc } from "./linux/open-libc.ts";
import { sharesIn } from "./linux/shares.ts";
import type { Logger } from "./logger.ts";
import { randomHex } from "./random.ts";
import { takeTurn } from "./turns.ts";

/** How a FilesystemShare does its work. */
export interface FilesystemShareOptions {
  /** Gets a line for each step. Default: silence. */
  readonly logger?: Logger;
  /** The way to libc. Default: the one of this runtime. */
  readonly libc?: Libc;
  /** How long another process may hold the sandbox's lock. Default 60,000. */
  readonly lockTimeoutMs?: number;
}

const defaultLockTimeoutMs = 60_000;

/**
 * Shares files of this host with the guest of one sandbox. What is mounted is known to the kernel alone: any process may
 * go on where another one stopped. Every operation can be called again, at the same time as others, and beside other
 * processes.
 *
 * @example
 * ```ts
 * import { FilesystemShare } from "guestshare/host";
 *
 * const share = new FilesystemShare({ id: "s1" });
 * await share.prepare();
 * const mount = { source: "/etc/hostname", destination: "/etc/hostname", options: ["ro"] };
 * const shared = await share.shareFile({ id: "c1" }, mount);
 * console.log(shared?.guestPath);
 * await share.cleanup();
 * ```
 */
export class FilesystemShare {
  readonly #sandbox: Sandbox;
  readonly #options: FilesystemShareOptions;
  readonly #onStep: OnStep;
  #opening: Promise<Opened> | undefined;
  #opened: Opened | undefined;

  /** @throws {TypeError} for options that are none. Nothing is done yet. */
  constructor(sandbox: Sandbox, options: FilesystemShareOptions = {}) {
    const { logger, lockTimeoutMs = defaultLockTimeoutMs } = options;
    if (logger && typeof logger.debug !== "function")
      throw new TypeError("logger.debug has to be a function, as pino's is");
    if (!(lockTimeoutMs >= 0))
      throw new TypeError(`lockTimeoutMs has to be a number of milliseconds, not ${lockTimeoutMs}`);
    this.#sandbox = sandbox;
    this.#options = options;
    const fields = { subsystem: "filesystem share", sandbox: sandbox?.id };
    this.#onStep = logger ? (step, changed) => logger.debug({ ...fields, step, changed }, step.op) : () => {};
  }

  /**
   * Makes the sandbox's directory ready: guard, hub, view, and the sandbox's bind mounts. Gives the storages that the
   * guest mounts for the whole sandbox.
   *
   * @throws {RequestError} for a sandbox that the core refuses; nothing was touched.
   * @throws {StepError} for a step that failed; what was done before is undone.
   */
  async prepare(): Promise<readonly Storage[]> {
    const plan = await this.#perform({ op: "prepare", sandbox: this.#sandbox });
    return plan.storages;
  }

  /**
   * Takes back all that was ever mounted for the sandbox, by this process or another. With `revoke`, shares are unmounted
   * one by one before, for consumers that hold copies of them.
   *
   * @throws {PlanError} with every step that failed; the others are done, and calling again finishes the work.
   */
  async cleanup({ revoke = false }: { revoke?: boolean } = {}): Promise<void> {
    const { core, host } = this.#opened ?? (await this.#open());
    const request = { op: "cleanup", sandbox: this.#sandbox } as const;
    const planHeld = (plan: Plan) => core.plan({ ...request, revoke: sharesIn(host.table, plan.directory) });
    await this.#perform(request, revoke ? planHeld : undefined);
  }

  /**
   * Shares a file or directory under a name of its own. The guest finds it at `guestPath`; `hostPath` is for `unshareFile`.
   * `random` is 16 hex digits that keep names apart; with the same ones the same share is made again.
   *
   * @throws {RequestError} for a request that the core refuses; nothing was touched.
   * @throws {StepError} for a source that cannot be shared, or a call that failed; nothing is left.
   */
  async shareFile(
    container: Container,
    mount: Mount,
    { random = randomHex() }: { random?: string } = {},
  ): Promise<SharedFile | null> {
    const plan = await this.#perform({ op: "shareFile", sandbox: this.#sandbox, container, mount, random });
    return plan.shared;
  }

  /**
   * Takes back a `shareFile`; the mount has the `hostPath` that it returned. Already gone is fine. A mount without a
   * `hostPath` was not shared by a mount: there is nothing to do for it.
   *
   * @throws {RequestError} for a `hostPath` that is not directly in the sandbox's mounts.
   * @throws {PlanError} with every step that failed.
   */
  async unshareFile(container: Container, mount: Mount): Promise<void> {
    await this.#perform({ op: "unshareFile", sandbox: this.#sandbox, container, mount });
  }

  /**
   * Shares a container's root filesystem, or says how the guest gets it: `storages` are for the agent.
   *
   * @throws {RequestError} for a request that the core refuses; nothing was touched.
   * @throws {StepError} for a call that failed; nothing is left.
   */
  async shareRootFilesystem(container: Container): Promise<SharedFile | null> {
    const plan = await this.#perform({ op: "shareRootFilesystem", sandbox: this.#sandbox, container });
    return plan.shared;
  }

  /**
   * Takes back a `shareRootFilesystem`. Already gone is fine.
   *
   * @throws {PlanError} with every step that failed.
   */
  async unshareRootFilesystem(container: Container): Promise<void> {
    await this.#perform({ op: "unshareRootFilesystem", sandbox: this.#sandbox, container });
  }

  async #perform<O extends Op>(request: RequestOf<O>, planHeld?: (plan: Plan) => Plan): Promise<PlanOf<O>> {
    const { core, host } = this.#opened ?? (await this.#open());
    const plan = core.plan(request);
    const { lockTimeoutMs = defaultLockTimeoutMs } = this.#options;
    const held = planHeld && { planHeld: () => planHeld(plan) };
    await takeTurn({ host, plan, ...held, onStep: this.#onStep, lockTimeoutMs });
    return plan;
  }

  #open(): Promise<Opened> {
    this.#opening ??= open(this.#options.libc).then((opened) => {
      this.#opened = opened; // from now on nothing is awaited
      return opened;
    });
    return this.#opening;
  }
}

interface Opened {
  readonly core: Core;
  readonly host: Host;
}

let ownHost: Promise<Host> | undefined;

async function open(libc: Libc | undefined): Promise<Opened> {
  ownHost ??= libc ? undefined : openLibc().then(hostOf);
  const host = libc ? hostOf(libc) : await (ownHost as Promise<Host>);
  return { core: await load(), host };
}
