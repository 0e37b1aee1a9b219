import type { ChildProcess } from "node:child_process";
import { Console } from "./console.ts";
import { GuestCalls } from "./guest-calls.ts";
import { ports } from "./guest-files.ts";
import { MachineError } from "./machine-error.ts";
import { type QemuStart, startQemu, type Wires, wiresOf } from "./qemu.ts";

const DRAIN_MS = 1000;

/** How a machine ended. */
export interface MachineEnd {
  /** The exit code of QEMU. */
  readonly code: number | undefined;
  /** The signal that ended QEMU. */
  readonly signal: string | undefined;
  /** Why it was ended, if that was not the guest's doing. */
  readonly reason: string | undefined;
  /** The last lines of its console. */
  readonly console: string;
}

/** A QEMU that runs, and the scripts that its guest runs. */
export class Powered {
  readonly ended: Promise<MachineEnd>;
  readonly calls: GuestCalls;
  readonly wires: Wires;
  readonly #process: ChildProcess;
  readonly #console = new Console();
  #reason: string | undefined;
  #isOver = false;

  constructor(start: QemuStart) {
    this.#process = startQemu(start);
    for (const stream of [this.#process.stdout, this.#process.stderr])
      stream?.setEncoding("utf8").on("data", (text: string) => this.#console.add(text));
    this.#process.on("error", ({ message }) => this.#console.add(message));
    this.wires = wiresOf(this.#process, start.slots);
    this.calls = new GuestCalls(this.wires.port(ports.control));
    this.calls.onNonsense = (what) => this.kill(what);
    // A wire that has what nobody reads does not close by itself, and the end is told when all have.
    this.#process.on("exit", () => setTimeout(this.wires.close, DRAIN_MS));
    this.ended = new Promise((resolve) => {
      this.#process.on("close", (code, signal) => {
        this.#isOver = true;
        this.calls.end(this.error("hear the guest"));
        const [reason, console] = [this.#reason, this.#console.lastLines];
        resolve({ code: code ?? undefined, signal: signal ?? undefined, reason, console });
      });
    });
  }

  /** Takes its power, if it has any, and says why. */
  kill(reason: string): void {
    if (this.#isOver) return;
    const { exitCode, signalCode } = this.#process;
    if (exitCode === null && signalCode === null) this.#reason ??= reason;
    this.#process.kill("SIGKILL");
  }

  /** Whatever the guest does is what was asked for from now on. */
  expectEnd(reason: string): void {
    this.#reason ??= reason;
  }

  /** What is said of something that a machine that is gone cannot do. */
  error(action: string): MachineError {
    const { exitCode, signalCode } = this.#process;
    const { panic, lastLines } = this.#console;
    const how = signalCode === null ? `QEMU's exit code is ${exitCode}` : `QEMU was ended by ${signalCode}`;
    const why = panic === undefined ? (this.#reason ?? how) : `its kernel panicked: ${panic}`;
    return new MachineError(action, `the machine is gone, ${why}`, lastLines);
  }

  /**
   * Has the guest run a script, behind those that came by the same port.
   *
   * @throws {MachineError} if it fails, or is not done in time.
   */
  async perform(port: number, script: string, action: string, timeoutMs: number): Promise<void> {
    const { answer } = this.calls.call(this.wires.port(port), () => script);
    const { status, said } = await this.within(answer, timeoutMs, action);
    if (status !== 0) throw new MachineError(action, said || `its script ended with status ${status}`);
  }

  /** What a promise of the guest gives, if that is in time and the machine is there. */
  async within<T>(promise: Promise<T>, timeoutMs: number, action: string): Promise<T> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      const error = () =>
        new MachineError(action, `the guest did not answer in ${timeoutMs} ms`, this.#console.lastLines);
      timer = setTimeout(() => reject(error()), timeoutMs);
    });
    const gone = this.ended.then(() => Promise.reject(this.error(action)));
    return Promise.race([promise, late, gone]).finally(() => clearTimeout(timer));
  }
}
