import { type AskLimits, askByChild } from "./ask-by-child.ts";
import { NotAtHand, openAtHand, type Question } from "./cached-source.ts";
import type { MountTable } from "./mount-table.ts";
import { isDeleted } from "./source-error.ts";
import { SyscallError } from "./syscall-error.ts";
import type { Syscalls } from "./syscalls.ts";

// How many sources a process keeps open at a time; it may have no more than 1,024 descriptors, or 256.
const MOST_OPEN = 128;
let open = 0;

/**
 * The sources that one operation has waited for: their servers have answered. A source whose names no kernel caches stays
 * open, so that nobody has to be asked for it again under the lock of a sandbox.
 */
export class WaitedSources {
  readonly #sys: Syscalls;
  readonly #table: MountTable;
  readonly #limits: AskLimits;
  readonly #fds = new Map<string, number>();
  readonly #answered = new Set<string>();
  readonly #listed = new Set<string>();

  constructor(sys: Syscalls, table: MountTable, limits: AskLimits) {
    this.#sys = sys;
    this.#table = table;
    this.#limits = limits;
  }

  /**
   * Waits until the servers of all these paths have answered, whatever the answer.
   *
   * @throws {SyscallError} ETIMEDOUT for the first server that does not answer.
   * @throws the signal's reason.
   */
  async wait({ paths, question }: Pick<NotAtHand, "paths" | "question">): Promise<void> {
    await Promise.all([...new Set(paths)].map((path) => this.#waitFor(path, question)));
  }

  async #waitFor(path: string, question: Question): Promise<void> {
    await askByChild({ sys: this.#sys, table: this.#table }, path, question, this.#limits);
    this.#answered.add(path);
    if (question === "list") this.#listed.add(path);
    if (this.#fds.has(path) || open >= MOST_OPEN || this.isAtHand(path)) return;
    try {
      this.#fds.set(path, this.#sys.openPath(path));
      open += 1;
    } catch (error) {
      if (!(error instanceof SyscallError)) throw error; // the next open fails in the same way
    }
  }

  /** Whether a source can be opened, or refused, without asking a server. */
  isAtHand(path: string): boolean {
    try {
      this.#sys.close(openAtHand(this.#sys, this.#table, path));
      return true;
    } catch (error) {
      return !(error instanceof NotAtHand);
    }
  }

  /** A descriptor of a source that is not at hand; undefined while its server has not answered. */
  open(path: string): number | undefined {
    const fd = this.#fds.get(path);
    // A deleted source could be cloned, but not attached; something else may have its path by now.
    if (fd !== undefined && !isDeleted(this.#sys, fd)) return this.#sys.reopen(fd);
    return this.#answered.has(path) ? this.#sys.openPath(path) : undefined;
  }

  /** Whether a path's server has answered, whatever the answer. */
  hasAnswered(path: string): boolean {
    return this.#answered.has(path);
  }

  /** Whether the server has listed the directory, too: a server may answer all questions but that. */
  hasListed(path: string): boolean {
    return this.#listed.has(path);
  }

  close(): void {
    for (const fd of this.#fds.values()) {
      this.#sys.close(fd);
      open -= 1;
    }
    this.#fds.clear();
  }
}
