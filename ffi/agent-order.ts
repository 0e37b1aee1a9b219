import type { CheckShares } from "./operations/create-once.ts";
import type { Performer } from "./performer.ts";
import { SandboxInspector } from "./sandbox-inspector.ts";

/** What a guest's agent has to be asked by one process at a time, whichever process it is. */
export class AgentOrder extends SandboxInspector {
  readonly #performer: Performer;

  /** Of whoever performs the sandbox's operations. */
  protected constructor(performer: Performer) {
    super(performer);
    this.#performer = performer;
  }

  /**
   * Calls `create`, which has a guest's agent create the sandbox, once until the cleanup: `check` sees the shares first, and the lock is
   * held meanwhile. `create` gives false if the agent was not reached. False where `create` was called before.
   */
  async createOnce(check: CheckShares, create: () => Promise<boolean>): Promise<boolean> {
    return (await import("./operations/create-once.ts")).createOnce(this.#performer, check, create);
  }

  /**
   * Calls `start`, which has a guest's agent start a container, while no other process does so for a container of this id: it waits for
   * one that does. Gives what `start` gives.
   *
   * @throws {SyscallError} if the sandbox is not prepared, or the other process takes longer than `lockTimeoutMs`.
   */
  async startAlone<T>(
    container: string,
    start: () => Promise<T>,
    { signal }: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<T> {
    const { startAlone } = await import("./operations/start-alone.ts");
    return startAlone(this.#performer, container, start, signal);
  }
}
