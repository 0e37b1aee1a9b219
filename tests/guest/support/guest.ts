import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Duplex, Readable } from "node:stream";
import { clockWords } from "../../../vm/machine/accelerator.ts";
import type { Kernel } from "../../../vm/machine/kernel.ts";
import { type Argument, Channel, GuestError, textOf } from "./channel.ts";
import { argumentsFor, type Hardware, modulesFor } from "./hardware.ts";
import { initramfsOf } from "./initramfs.ts";
import { findTestKernel } from "./needs.ts";
import type { TreeEntry } from "./tree.ts";

const BOOT_TIMEOUT_MS = 180_000;
const CALL_TIMEOUT_MS = 180_000;
const END_TIMEOUT_MS = 30_000;
const CHANNEL = 3; // the number of its descriptor

export interface BootOptions {
  readonly timeoutMs?: number;
  /** Programs of this machine that the guest has in /usr/bin. */
  readonly programs?: readonly string[];
  /** More of the kernel's command line. */
  readonly words?: readonly string[];
}

/** A virtual machine that runs: what is called is done in it. */
export class Guest {
  readonly #process: ChildProcess;
  readonly #channel: Channel;
  readonly #ended: Promise<void>;
  #console = "";

  private constructor(process: ChildProcess) {
    this.#process = process;
    this.#channel = new Channel(process.stdio[CHANNEL] as Duplex);
    for (const stream of [process.stdout, process.stderr]) this.#keep(stream);
    process.on("error", ({ message }) => {
      this.#console += message;
    });
    this.#ended = new Promise((resolve) => process.on("close", () => resolve()));
  }

  /** Boots a guest with this hardware; its own files are made in `directory`. */
  static async boot(
    directory: string,
    hardware: Hardware,
    { timeoutMs = BOOT_TIMEOUT_MS, words: more = [], programs = [] }: BootOptions = {},
  ): Promise<Guest> {
    const kernel = findTestKernel() as Kernel;
    const initramfs = join(directory, "initramfs");
    writeFileSync(
      initramfs,
      initramfsOf(directory, kernel.modules as string, modulesFor(hardware), programs),
    );
    const words = ["console=ttyS0", "quiet", "panic=-1", "reboot=t", ...clockWords("tcg"), ...more];
    const args = argumentsFor(hardware, kernel, { initramfs, words, channel: CHANNEL });
    const guest = new Guest(
      // It goes with this process, however that one ends.
      spawn("setpriv", ["--pdeathsig", "KILL", "--", "qemu-system-x86_64", ...args], {
        stdio: ["ignore", "pipe", "pipe", "pipe"],
      }),
    );
    const begin = performance.now();
    try {
      await guest.#channel.answer(timeoutMs); // that it is ready
    } catch (error) {
      await guest.kill();
      throw new Error(`Cannot boot a guest:\n${guest.#console}`, { cause: error });
    }
    const tookMs = performance.now() - begin;
    if (tookMs > timeoutMs / 4) console.log(`SLOW: a boot took ${Math.round(tookMs)} of ${timeoutMs} ms`);
    return guest;
  }

  /** Makes one call, after all that were made before it. */
  async call<T = null>(...call: readonly Argument[]): Promise<T> {
    try {
      return await this.#channel.call<T>(call, CALL_TIMEOUT_MS);
    } catch (error) {
      if (error instanceof GuestError) throw error;
      throw new Error(`${(error as Error).message}\n${this.#console}`, { cause: error });
    }
  }

  /** A directory with all that is below it, or a file. */
  tree(path: string): Promise<TreeEntry[]> {
    return this.call("tree", path);
  }

  read(path: string): Promise<string> {
    return this.call<string>("read", path).then(textOf);
  }

  write(path: string, content: string): Promise<null> {
    return this.call("write", path, content);
  }

  /** The names in a directory. */
  names(path: string): Promise<string[]> {
    return this.call<string[]>("names", path).then((names) => names.map(textOf));
  }

  /** What a program printed. */
  async run(...command: readonly string[]): Promise<string> {
    const { code, output } = await this.call<{ code: number; output: string }>("run", ...command);
    if (code === 0) return textOf(output);
    throw new GuestError(`exit status ${code}, ${textOf(output)}`, ["run", ...command]);
  }

  /** Has the guest go down, if it is up. */
  async end(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    this.#channel.send(["poweroff"]);
    const late = setTimeout(() => this.#process.kill("SIGKILL"), END_TIMEOUT_MS);
    await this.#ended;
    clearTimeout(late);
  }

  /** Takes its power. */
  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#ended;
  }

  #keep(stream: Readable | null): void {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      this.#console += text;
    });
  }
}
