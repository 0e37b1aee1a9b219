import { Child, type Ended } from "../child.ts";
import type { Order, Outcome } from "../programs/obey.ts";
import { commandOf, ownRuntime, type Runtime } from "../runtimes.ts";

/** A process in this namespace that does what FilesystemShare does, on order. */
export class Worker {
  readonly runtime: Runtime;
  readonly #child: Child;

  private constructor(runtime: Runtime, child: Child) {
    this.runtime = runtime;
    this.#child = child;
  }

  /** A worker that is ready for orders; `within` is what its command is put behind, such as a chroot. */
  static async start(runtime: Runtime = ownRuntime, within: readonly string[] = []): Promise<Worker> {
    const child = new Child([...within, ...commandOf("obey", runtime)] as [string, ...string[]]);
    const worker = new Worker(runtime, child);
    await worker.#expect("ready");
    return worker;
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** How the calls of an order ended. */
  async obey(order: Order): Promise<Outcome[]> {
    this.#child.send(JSON.stringify(order));
    return JSON.parse(await this.#child.line()) as Outcome[];
  }

  /** Gives an order that stops it for good; resolves when it is there. */
  async stall(order: Order): Promise<void> {
    this.#child.send(JSON.stringify(order));
    await this.#expect("stalled");
  }

  /** Gives an order in which it is killed; how it ended. */
  async die(order: Order): Promise<Ended> {
    this.#child.send(JSON.stringify(order));
    return this.#child.end();
  }

  kill(): Promise<Ended> {
    return this.#child.kill();
  }

  end(): Promise<Ended> {
    return this.#child.end();
  }

  async #expect(word: string): Promise<void> {
    const line = await this.#child.line();
    if (line !== JSON.stringify(word)) throw new Error(`Cannot go on: the worker said ${line}`);
  }
}
