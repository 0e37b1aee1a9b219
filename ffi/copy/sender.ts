import { setMaxListeners } from "node:events";
import { basename } from "node:path/posix";
import type { Agent, AgentCallOptions, CopyFileRequest } from "../agent/agent.ts";
import { AgentError } from "../agent/agent-error.ts";
import type { FileStatx } from "../linux/structs.ts";
import { Budget } from "./concurrency.ts";
import type { CopyItem, CopyTrouble } from "./copy-error.ts";
import type { Ledger } from "./ledger.ts";
import type { CopyOptions } from "./options.ts";
import { isTemporary } from "./temporary-name.ts";

/** Go's os.ModeDir with 0750: what Kata sends for missing directories above, which the agent makes. */
export const DIRECTORY_MODE = 0x800001e8;

// How long answers that are on their way are waited for after an abort.
const GRACE_MS = 1000;

/** No bytes of a file. */
export const NOTHING: Uint8Array = new Uint8Array();

/** What a request says of a file, a directory or a link. */
export type Sending = Omit<CopyFileRequest, "path" | "dirMode">;

/** What a request says of a file and a slice of it, of a directory, or of a link and where it leads. */
export function sendingOf(
  { type, mode, uid, gid }: FileStatx,
  { size, offset, data }: { size: number; offset: number; data: Uint8Array },
): Sending {
  return { fileSize: size, fileMode: type | mode, uid, gid, offset, data };
}

/** What a request says of a directory. */
export function directorySending(file: FileStatx): Sending {
  return sendingOf(file, { size: 0, offset: 0, data: NOTHING });
}

/** Why a copy is over. A CopyError is made of it as soon as no request is open. */
export class Stopped extends Error {
  override readonly name = "Stopped";
  readonly item: CopyItem & { readonly offset?: number };
  readonly trouble: CopyTrouble;

  constructor(item: CopyItem & { readonly offset?: number }, cause: unknown, trouble: CopyTrouble) {
    super(`the copy is over: ${trouble}`, { cause });
    this.item = item;
    this.trouble = trouble;
  }
}

/** Sends requests to the agent, until something fails. */
export class Sender {
  /** Each lane is the right to have one request open. */
  readonly lanes: Budget;
  readonly #agent: Agent;
  readonly #ledger: Ledger;
  readonly #options: AgentCallOptions;
  readonly #calls = new AbortController();
  #grace: NodeJS.Timeout | undefined;
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

  /** Ends the copy, unless something ended it before. Gives what ended it. */
  stop(item: CopyItem & { readonly offset?: number }, cause: unknown, trouble: CopyTrouble): Stopped {
    if (cause instanceof Stopped) return cause;
    this.#stopped ??= new Stopped(item, cause, trouble);
    return this.#stopped;
  }

  /** Ends the copy, and waits only a moment longer for answers. */
  abort(item: CopyItem, reason: unknown): void {
    this.stop(item, reason, "aborted");
    this.#grace = setTimeout(() => this.#calls.abort(reason), GRACE_MS);
  }

  /** The copy is over, and no request is open. */
  close(): void {
    clearTimeout(this.#grace);
  }

  /** Enters a lane that is free; false if there is none. Throws if the copy is over. */
  tryEnter(): boolean {
    this.check();
    return this.lanes.tryTake(1);
  }

  /** Waits for a lane; throws if the copy is over by then. */
  enter(): Promise<void> {
    return this.lanes.take(1).then(this.#entered);
  }

  readonly #entered = (): void => {
    if (!this.#stopped) return;
    this.lanes.give(1);
    throw this.#stopped;
  };

  /** Sends a request in a lane that was entered. */
  send(item: CopyItem, sending: Sending): Promise<void> {
    if (this.#stopped) return Promise.reject(this.#stopped);
    const { offset } = sending;
    return this.#call(item, sending).catch((cause) => {
      throw this.#failed(item, offset, cause);
    });
  }

  /** Sends a request that the agent may refuse without ending the copy; false if `isRefusal` says that it did. */
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
   * Sends the last slice of a file. False if the agent lost the file: before agents of 3.18 to 3.32 rename a temporary file they
   * remove what has the file's name, and that is the temporary file itself if both names are the same.
   */
  finish(item: CopyItem, sending: Sending): Promise<boolean> {
    if (isTemporary(basename(item.guestPath))) return this.offer(item, sending, isMissing);
    return this.send(item, sending).then(isDone);
  }

  // After a failure nobody knows how much of the file the agent has.
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
