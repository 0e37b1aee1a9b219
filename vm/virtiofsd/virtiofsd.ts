import type { ChildProcess } from "node:child_process";
import { kill } from "node:process";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "../../ffi/mod.ts";
import { socketPath } from "../launch/fields.ts";
import { type VirtiofsdLaunch, virtiofsdArguments } from "../launch/virtiofsd-arguments.ts";
import { tell } from "../tell.ts";
import { exitOf, type VirtiofsdExit } from "./exit.ts";
import type { VirtiofsdProgram } from "./find-program.ts";
import { clearAfter, startKept } from "./keeper.ts";
import { isListening } from "./listening.ts";
import { lockFor } from "./lock.ts";
import { LogLines } from "./log-lines.ts";
import { type OwnSocket, ownSocket, socketInTheWay } from "./own-socket.ts";
import { type ServeOptions, settingsOf } from "./serve-options.ts";
import { VirtiofsdError } from "./virtiofsd-error.ts";

/** What a virtiofsd serves: `openShares` gives such, and any directory is one. */
export interface Served {
  /** The directory: for a sandbox, its view. */
  readonly directory: string;
}

/**
 * A virtiofsd that runs: it serves one machine, and ends when that one does. It does not outlive this process, even if that is
 * killed.
 *
 * @example
 * ```ts
 * import { env } from "node:process";
 * import { findVirtiofsd, qemuArguments, Virtiofsd } from "guestshare/vm";
 *
 * if (findVirtiofsd(env) !== undefined) {
 *   const daemon = await Virtiofsd.start({ directory: "/tmp" });
 *   console.log(qemuArguments({ share: { socket: daemon.socket, tag: "guestshare" } }).join(" "));
 *   await daemon.end(); // or `await using daemon = …`
 * }
 * ```
 */
export class Virtiofsd {
  /** The socket for the machine. It takes one connection. */
  readonly socket: string;
  /** How it ended, when it has: by its machine's end, by `end`, or by itself. It never rejects. */
  readonly exited: Promise<VirtiofsdExit>;
  readonly #process: ChildProcess;
  readonly #lines: LogLines;
  readonly #log: Logger | undefined;
  #isOver = false;
  #isAsked = false;

  private constructor(
    process: ChildProcess,
    { path }: OwnSocket,
    log: Logger | undefined,
    clear: () => void,
  ) {
    this.socket = path;
    this.#process = process;
    this.#log = log;
    this.#lines = new LogLines(process.stderr as Readable, (line) => {
      this.#tell({ line }, "virtiofsd logged a line");
    });
    this.exited = exitOf(process).then((exit) => {
      this.#isOver = true;
      clear();
      const { last } = this.#lines;
      this.#tell({ ...exit, isExpected: this.#isAsked, lines: last }, "virtiofsd ended");
      return exit;
    });
  }

  /**
   * Starts one, and waits until it listens.
   *
   * @throws {LaunchError} for an option that cannot be.
   * @throws {VirtiofsdError} if there is no program, or it does not listen.
   */
  static async start({ directory }: Served, options: ServeOptions = {}): Promise<Virtiofsd> {
    const { program, log, signal, startTimeoutMs, launch } = await settingsOf(directory, options);
    signal?.throwIfAborted();
    const given = options.socket === undefined ? undefined : socketPath(options.socket, "socket");
    const fault = given === undefined ? undefined : socketInTheWay(given);
    if (fault) throw new VirtiofsdError({ directory, ...fault });
    const place = given === undefined ? ownSocket() : { path: given, room: "" };
    const { process, lock } = startIn(place, program, launch);
    const daemon = new Virtiofsd(process, place, log, () => clearAfter(process, place, lock));
    const stop = () => void daemon.end();
    signal?.addEventListener("abort", stop, { once: true });
    void daemon.exited.then(() => signal?.removeEventListener("abort", stop));
    await daemon.#listening(directory, startTimeoutMs, signal);
    return daemon;
  }

  /** Ends it, if its machine's end did not: with its socket, and all that it had open. */
  async end(): Promise<void> {
    this.#isAsked = true;
    const { pid, exitCode, signalCode } = this.#process;
    if (pid !== undefined && exitCode === null && signalCode === null) terminate(pid);
    await this.exited;
  }

  /** As `end`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.end();
  }

  async #listening(directory: string, timeoutMs: number, signal: AbortSignal | undefined): Promise<void> {
    const end = performance.now() + timeoutMs;
    while (!isListening(this.socket)) {
      const isLate = performance.now() > end;
      if (!isLate && !this.#isOver && !signal?.aborted) {
        await sleep(5);
        continue;
      }
      const wasOver = this.#isOver;
      await this.end();
      signal?.throwIfAborted();
      const failure = wasOver ? this.#early() : late(timeoutMs);
      throw new VirtiofsdError({ directory, ...failure, lines: this.#lines.last });
    }
  }

  #early(): { code: string; reason: string } {
    if (this.#process.pid !== undefined) return { code: "ECHILD", reason: "it ended before it listened" };
    return { code: "ENOENT", reason: "setpriv is not installed: apt-get install util-linux" };
  }

  #tell(fields: object, message: string): void {
    tell(this.#log, { socket: this.socket, ...fields }, message);
  }
}

// Not by the child's own method: Deno would take this signal for what ended it.
function terminate(pid: number): void {
  try {
    kill(pid, "SIGTERM");
  } catch (error) {
    // Deno has waited for a process before it tells of its end.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function late(timeoutMs: number): { code: string; reason: string } {
  return { code: "ETIMEDOUT", reason: `it did not listen within ${timeoutMs} ms` };
}

function startIn(
  place: OwnSocket,
  program: VirtiofsdProgram,
  launch: Omit<VirtiofsdLaunch, "socket">,
): { readonly process: ChildProcess; readonly lock: string } {
  const words = virtiofsdArguments({ ...launch, socket: place.path });
  const { path: lock, command } = lockFor(program, place.path, launch.directory);
  return { process: startKept([...command, program.path, ...words], place, lock), lock };
}
