import { setMaxListeners } from "node:events";
import { basename } from "node:path/posix";
import type { Agent, AgentCallOptions, CopyFileRequest } from "../agent/agent.ts";
import { AgentError } from "../agent/agent-error.ts";
import { Budget } from "./budget.ts";
import type { CopyTrouble } from "./copy-error.ts";
import type { CopyItem } from "./copy-item.ts";
import type { Ledger } from "./ledger.ts";
import type { CopyOptions } from "./options.ts";
import { Stopped } from "./stopped.ts";
import { isTemporary } from "./temporary-name.ts";

/** Go's os.ModeDir with 0750: what Kata sends for directories that the agent has to make unasked. */
export const DIRECTORY_MODE = 0x800001e8;

// How long answers that are on their way are waited for after an abort.
const GRACE_MS = 1000;

/** What a request says of a file, a directory or a link. */
export type Sending = Omit<CopyFileRequest, "path" | "dirMode">;

/** Gives requests to the agent, as long as nothing went wrong. */
export class Sender {
  /** Each of them is the right to have one request open. */
  readonly lanes: Budget;
  readonly #agent: Agent;
  readonly #ledger: Ledger;
  readonly #options: AgentCallOptions;
  readonly #calls = new AbortController();
  #stopped: Stopped | undefined;

  constructor(agent: Agent, ledger: Ledger, window: number, { timeoutMs }: CopyOptions) {
    this.lanes = new Budget(window);
    setMaxListeners(0, this.#calls.signal); // each call may listen
    this.#agent = agent;
    this.#ledger = ledger;
    const { signal } = this.#calls;
    this.#options = timeoutMs === undefined ? { signal } : { signal, timeoutMs };
  }

  /** Throws why the copy is over, if it is. */
  check(): void {
    if (this.#stopped) throw this.#stopped;
  }

  /** Ends the copy, if nothing did before; what did. */
  stop(item: CopyItem & { readonly offset?: number }, cause: unknown, trouble: CopyTrouble): Stopped {
    if (cause instanceof Stopped) return cause;
    this.#stopped ??= new Stopped(item, cause, trouble);
    return this.#stopped;
  }

  /** Lets no answer be waited for any longer than a moment; to be called off once the copy is over. */
  hurry(reason: unknown): () => void {
    const timer = setTimeout(() => this.#calls.abort(reason), GRACE_MS);
    return () => clearTimeout(timer);
  }

  /** Enters a lane that is free; false where none is. Throws where the copy is over. */
  tryEnter(): boolean {
    this.check();
    return this.lanes.tryTake(1);
  }

  /** Waits for a lane; throws where the copy is over by then. */
  enter(): Promise<void> {
    return this.lanes.take(1).then(this.#entered);
  }

  readonly #entered = (): void => {
    if (!this.#stopped) return;
    this.lanes.give(1);
    throw this.#stopped;
  };

  /** Sends one request in a lane that was entered. */
  send(item: CopyItem, sending: Sending): Promise<void> {
    if (this.#stopped) return Promise.reject(this.#stopped);
    const { offset } = sending;
    return this.#call(item, sending).catch((cause) => {
      throw this.#failed(item, offset, cause);
    });
  }

  /** Sends what an agent may refuse in a way that does not end the copy; false where it did. */
  async offer(item: CopyItem, sending: Sending, isRefusal: (error: AgentError) => boolean): Promise<boolean> {
    this.check();
    try {
      await this.#call(item, sending);
      return true;
    } catch (cause) {
      if (cause instanceof AgentError && isRefusal(cause)) return false;
      throw this.#failed(item, sending.offset, cause);
    }
  }

  /**
   * Sends what makes a file whole. False where the agent lost it: before agents of 3.18 to 3.32 rename a temporary file they
   * remove what has the file's name, and that is the temporary file itself where both names are one.
   */
  finish(item: CopyItem, sending: Sending): Promise<boolean> {
    if (isTemporary(basename(item.guestPath))) return this.offer(item, sending, isMissing);
    return this.send(item, sending).then(isDone);
  }

  // Who knows what the agent has of it now.
  #failed(item: CopyItem, offset: number, cause: unknown): Stopped {
    this.#ledger.began(item.guestPath, offset);
    return this.stop({ ...item, offset }, cause, "agent");
  }

  #call({ guestPath }: CopyItem, sending: Sending): Promise<void> {
    try {
      // Properties behind a spread would make it twice the garbage, and such that lives long.
      return this.#agent.copyFile({ path: guestPath, dirMode: DIRECTORY_MODE, ...sending }, this.#options);
    } catch (error) {
      return Promise.reject(error);
    }
  }
}

const isDone = () => true;

// ENOENT in the words of Rust, which no agent leaves out.
function isMissing({ trouble, reason }: AgentError): boolean {
  return trouble === "status" && reason.includes("(os error 2)");
}
