import { setTimeout as sleep } from "node:timers/promises";
import { Virtiofsd } from "../virtiofsd/virtiofsd.ts";
import { ports, type Slots } from "./guest-files.ts";
import { GUEST_ROOT, rootScript } from "./guest-root.ts";
import { keepUp, type MachineShares } from "./keep-up.ts";
import { checkPlaces } from "./kept-places.ts";
import { type MachineEnd, Powered } from "./powered.ts";
import type { MachineProcess } from "./process.ts";
import { nameOf, placeOf, type RunOptions } from "./program.ts";
import { RunningProgram } from "./running-program.ts";
import { SharesScript } from "./shares-script.ts";
import { SlotPool } from "./slots.ts";
import { type MachineSettings, type MachineStartOptions, settingsOf } from "./start-options.ts";

const [STOP_TIMEOUT_MS, END_MS] = [10_000, 1000];
const [REFRESH_TIMEOUT_MS, ASIDE_TIMEOUT_MS, BEGIN_TIMEOUT_MS] = [120_000, 30_000, 60_000];

/**
 * A virtual machine that runs, with a small guest: busybox, and what is shared. It does not outlive this process, even if that is
 * killed.
 *
 * @example
 * ```ts
 * import { Machine, openShares } from "guestshare/vm";
 *
 * export async function printHosts() {
 *   const shares = await openShares({ id: "s1" });
 *   await shares.add({ source: "/etc/hosts", target: "/data/hosts", mode: "ro" });
 *   const machine = await Machine.start(shares);
 *   const child = await machine.run(["cat", "/data/hosts"]);
 *   console.log(await new Response(child.stdout).text());
 *   await machine.stop();
 *   await shares.close();
 * }
 * ```
 */
export class Machine {
  /** How it ended, when it has. It never rejects. */
  readonly ended: Promise<MachineEnd>;
  readonly #shares: MachineShares;
  readonly #powered: Powered;
  readonly #daemon: Virtiofsd;
  readonly #slots: Slots;
  readonly #pool: SlotPool;
  readonly #root: string | undefined;
  readonly #programs = new Map<number, RunningProgram>();
  readonly #following = new AbortController();
  readonly #script: SharesScript;
  /** When the last refresh that was asked for is over. */
  #refreshed: Promise<void> = Promise.resolve();
  /** One that has not begun. */
  #queued: Promise<void> | undefined;

  private constructor(shares: MachineShares, settings: MachineSettings, daemon: Virtiofsd) {
    this.#shares = shares;
    this.#slots = settings.slots;
    this.#root = settings.root;
    this.#daemon = daemon;
    this.#script = new SharesScript(shares, settings.root !== undefined);
    this.#pool = new SlotPool(this.#slots);
    this.#powered = new Powered({ ...settings, share: { socket: daemon.socket, tag: shares.tag } });
    this.#powered.calls.onExit = (id, status) => void this.#programs.get(id)?.ended(status);
    this.ended = this.#powered.ended.then((end) => {
      const programs = [...this.#programs.values()];
      this.#programs.clear();
      this.#following.abort();
      for (const program of programs) program.fail(this.#powered.error(program.name));
      return end;
    });
    // Without its files the guest does not go on. Its own end, which ends the daemon, is told right behind that.
    void daemon.exited.then(() => sleep(END_MS)).then(() => this.#powered.kill("its virtiofsd ended"));
  }

  /**
   * Starts one, and waits until the guest has all shares in their places.
   *
   * @throws {MachineError} if it does not start, something is missing for it, or a share's target is what the guest itself needs.
   * @throws {VirtiofsdError} if its virtiofsd does not start.
   */
  static async start(shares: MachineShares, options: MachineStartOptions = {}): Promise<Machine> {
    checkPlaces(await shares.guestMounts(), options.root !== undefined);
    const settings = settingsOf(options);
    const { signal, log, startTimeoutMs } = settings;
    const daemon = await Virtiofsd.start(shares, { ...(log && { log }), ...(signal && { signal }) });
    try {
      const machine = new Machine(shares, settings, daemon);
      await machine.#up(startTimeoutMs, signal);
      const keeping = { copied: machine.#script.copied, log, signal: machine.#following.signal };
      void keepUp(shares, { refresh: () => machine.refresh(), ...keeping });
      return machine;
    } catch (error) {
      await daemon.end();
      signal?.throwIfAborted();
      throw error;
    }
  }

  /**
   * Runs a program in it.
   *
   * @throws {MachineError} if it cannot begin, as many run as may, or the machine is gone.
   */
  async run(command: readonly string[], options: RunOptions = {}): Promise<MachineProcess> {
    const place = placeOf(command, options, this.#root === undefined ? "" : GUEST_ROOT);
    const kind = options.terminal ? "terminals" : "processes";
    const slot = this.#pool.take(kind, nameOf(place));
    const { calls, wires } = this.#powered;
    const host = { calls, wires, slots: this.#slots, aside: this.#aside };
    const program = new RunningProgram(host, place, slot, options.terminal);
    this.#programs.set(program.id, program);
    const free = () => {
      this.#programs.delete(program.id);
      this.#pool.free(kind, slot);
    };
    program.over.then(free, () => {});
    await this.#powered.within(program.begun(), BEGIN_TIMEOUT_MS, program.name);
    return program;
  }

  /**
   * Puts all that is shared now in its place in the guest, and takes away what is not any more. Where a share came after another one at
   * the same place, it first waits for about a second: so long the guest finds the other one there.
   *
   * @throws {MachineError} if the guest could not do all of it, and what it said.
   */
  refresh(): Promise<void> {
    this.#queued ??= this.#refreshed.then(async () => {
      this.#queued = undefined; // what changes from now on, is not in this script
      const { script, refusal } = await this.#script.next();
      const action = "put the shares in their places";
      await this.#powered.perform(ports.control, script, action, REFRESH_TIMEOUT_MS);
      if (refusal) throw refusal;
    });
    this.#refreshed = this.#queued.catch(() => {});
    return this.#queued;
  }

  /** Ends it. What its guest has not written yet is written first, unless that takes too long. */
  async stop(): Promise<void> {
    this.#powered.expectEnd("it was stopped");
    const written = this.#aside("sync", "stop").catch(() => {});
    await Promise.race([written, sleep(STOP_TIMEOUT_MS, undefined, { ref: false })]);
    this.#powered.kill("it was stopped");
    await this.ended;
    // It ends by itself, with what it has started, when its machine does.
    await Promise.race([this.#daemon.exited, sleep(STOP_TIMEOUT_MS, undefined, { ref: false })]);
    await this.#daemon.end();
  }

  /** As `stop`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #up(timeoutMs: number, signal: AbortSignal | undefined): Promise<void> {
    const stop = () => this.#powered.kill("it was interrupted");
    signal?.addEventListener("abort", stop, { once: true });
    void this.ended.then(() => signal?.removeEventListener("abort", stop));
    if (signal?.aborted) stop();
    try {
      await this.#powered.within(this.#booted(), timeoutMs, "start a machine");
    } catch (error) {
      this.#powered.kill("it did not start");
      await this.ended;
      throw error;
    }
  }

  async #booted(): Promise<void> {
    await this.#powered.calls.ready;
    const script = this.#root === undefined ? undefined : rootScript(this.#shares.tag, this.#root);
    if (script) await this.#powered.perform(ports.control, script, "have its own root", ASIDE_TIMEOUT_MS);
    await this.refresh();
  }

  readonly #aside = (script: string, action: string) =>
    this.#powered.perform(ports.signals, script, action, ASIDE_TIMEOUT_MS);
}
