import { setTimeout as sleep } from "node:timers/promises";
import { type Connected, connectPipes, connectTerminal } from "./connect.ts";
import type { GuestCalls } from "./guest-calls.ts";
import { RUN_DIRECTORY, type Slots } from "./guest-files.ts";
import { MachineError } from "./machine-error.ts";
import { drained, type MachineProcess, type SignalName, type TerminalSize } from "./process.ts";
import { type ProgramPlace, processScript } from "./process-script.ts";
import { nameOf } from "./program.ts";
import type { Wires } from "./qemu.ts";

/** What of a machine its programs need. */
export interface ProgramHost {
  readonly calls: GuestCalls;
  readonly wires: Wires;
  readonly slots: Slots;
  /** Has the guest run a short script, beside whatever else runs. */
  readonly aside: (script: string, action: string) => Promise<void>;
}

const SLOT_MS = 1000;

/** A program that runs in a slot of a machine. */
export class RunningProgram implements MachineProcess {
  readonly stdin: WritableStream<Uint8Array>;
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr: ReadableStream<Uint8Array>;
  readonly exited: Promise<number>;
  /** When its slot is free; what the guest said about it. It rejects if the machine is gone. */
  readonly over: Promise<string>;
  /** The number of its script. */
  readonly id: number;
  readonly #host: ProgramHost;
  /** What is said of it in errors. */
  readonly name: string;
  readonly #connected: Connected;
  readonly #console: number | undefined;
  #end!: (status: number) => void;
  #lose!: (error: Error) => void;
  #hasEnded = false;

  /** Starts it. */
  constructor(host: ProgramHost, place: ProgramPlace, slot: number, terminal?: TerminalSize) {
    this.#host = host;
    this.name = nameOf(place);
    this.#console = terminal === undefined ? undefined : slot;
    const hangUp = () => void this.signal("SIGHUP").catch(() => {});
    this.#connected =
      terminal === undefined
        ? connectPipes(host.wires, slot)
        : connectTerminal({ ...host, hangUp }, slot, terminal);
    const { port, input, outputs, connection } = this.#connected;
    const [output, errors] = outputs;
    this.stdin = input.stream;
    this.stdout = output.stream;
    this.stderr = errors?.stream ?? new ReadableStream({ start: (controller) => controller.close() });
    this.exited = new Promise((resolve, reject) => {
      this.#end = resolve;
      this.#lose = reject;
    });
    this.exited.catch(() => {}); // nobody has to wait for it
    const call = host.calls.call(port, (id) => processScript(id, place, connection));
    this.id = call.id;
    this.over = call.answer.then(({ said }) => said);
    this.over.then(
      (said) => this.#forgotten(said),
      () => {},
    );
  }

  /**
   * Waits until it has begun.
   *
   * @throws {MachineError} if it does not.
   */
  async begun(): Promise<void> {
    const [{ begun }] = this.#connected.outputs;
    const said = await Promise.race([begun, this.over]);
    if (typeof said === "string") throw new MachineError(this.name, said || "it did not begin");
  }

  /** Takes how it ended, which the guest says once. */
  async ended(status: number): Promise<void> {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    const { input, outputs } = this.#connected;
    input.stop(new MachineError(`write to ${this.name}`, "the program has ended"));
    await drained(outputs, () => this.#cut()).catch(() => {});
    // Whoever waited may run the next one at once. A guest that keeps the slot keeps only that.
    await Promise.race([this.over.catch(() => {}), sleep(SLOT_MS)]);
    this.#end(status);
  }

  // The guest has done with it, and never said how it ended.
  #forgotten(said: string): void {
    if (!this.#hasEnded) this.fail(new MachineError(this.name, said || "the guest lost it"));
  }

  /** Ends all that waits for it. */
  fail(error: MachineError): void {
    this.#hasEnded = true;
    const { input, outputs } = this.#connected;
    input.stop(error);
    for (const output of outputs) output.stop(error);
    this.#lose(error);
  }

  async signal(name: SignalName): Promise<void> {
    const [, word] = /^SIG([A-Z][A-Z0-9]{1,9})$/.exec(name) ?? [];
    if (word === undefined) throw new MachineError(`send ${JSON.stringify(name)}`, "it is no signal's name");
    if (!this.#hasEnded) await this.#host.aside(scriptOf(this.id, `kill -${word}`), `send ${name}`);
  }

  async resize({ columns, rows }: TerminalSize): Promise<void> {
    const action = `resize the terminal to ${columns} x ${rows}`;
    if (this.#console === undefined) throw new MachineError(action, "the program has none");
    for (const size of [columns, rows])
      if (!Number.isInteger(size) || size < 1 || size > 65_535)
        throw new MachineError(action, "a size is a whole number from 1 to 65535");
    await this.#host.aside(`stty rows ${rows} cols ${columns} </dev/hvc${this.#console}`, action);
  }

  // Others of the guest have its pipes open.
  #cut(): Promise<void> {
    return this.#host.aside(`kill $(cat ${RUN_DIRECTORY}/${this.id}-pumps)`, "end its output");
  }
}

// A program that has begun may not have said its number yet; one that is gone has none.
function scriptOf(id: number, kill: string): string {
  const file = `${RUN_DIRECTORY}/${id}-pid`;
  return `[ -s ${file} ] || usleep 200000; ! [ -s ${file} ] || ${kill} $(cat ${file})`;
}
