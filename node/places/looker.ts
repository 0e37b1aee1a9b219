import { MonitorError } from "../monitor/monitor-error.ts";
import type { OnMounts } from "./follow-mounts.ts";
import { LookingChild } from "./looking-child.ts";
import type { Line, LivingAnswer, LookedSandbox, Order, Question, Where } from "./protocol.ts";

// A child that removes thousands of mounts says nothing until a sandbox is done with.
const SILENT_MS = 120_000;

/** What a look has found. */
export interface Looked {
  readonly sandboxes: readonly LookedSandbox[];
  /** The directories that were there. */
  readonly found: readonly string[];
}

/** Says who lives; what the child has already, by its version, is not said again. */
export type TellLiving = (version: number) => Promise<LivingAnswer>;

/** Has a child look at a node's mounts, one look after the other. A child that has ended is started again for the next look. */
export class Looker implements AsyncDisposable {
  readonly #where: Where;
  readonly #onMounts: OnMounts;
  #child: LookingChild | undefined;
  #ready: Extract<Line, { kind: "ready" }> | undefined;
  #isClosed = false;

  /** At the mounts of a process, of whoever listens on a socket, or its own. */
  constructor(where: Where, onMounts: OnMounts) {
    this.#where = where;
    this.#onMounts = onMounts;
  }

  /** Whose mounts are looked at. */
  get mounts(): "own" | "other" | "unknown" {
    if (!this.#ready) return "unknown";
    if (this.#ready.isElsewhere) return "other";
    const isSeen = this.#where.socket === undefined || this.#ready.process !== undefined;
    return isSeen ? "own" : "unknown";
  }

  /** The process whose mounts are looked at; undefined where only this one's can be. */
  get process(): number | undefined {
    return this.#ready?.process;
  }

  /** Whether mounts that come and go are heard of. */
  get isFollowed(): boolean {
    return this.#ready?.isFollowed ?? false;
  }

  /** The child's number; undefined while there is none. */
  get child(): number | undefined {
    return this.#child?.pid;
  }

  /**
   * Looks once.
   *
   * @throws {MonitorError} if the child cannot look, or has ended.
   */
  async look(question: Question, tellLiving: TellLiving): Promise<Looked> {
    const sandboxes: LookedSandbox[] = [];
    try {
      const child = await this.#started();
      child.send({ op: "look", ...question, living: await tellLiving(-1) });
      for (;;) {
        const line = await child.next(SILENT_MS);
        if (line.kind === "sandbox") sandboxes.push(line);
        else if (line.kind === "living?") child.send({ op: "living", ...(await tellLiving(line.version)) });
        else if (line.kind === "failed") throw new MonitorError("failed", line.why);
        else if (line.kind === "looked") return { sandboxes, found: line.found };
      }
    } catch (error) {
      if (!(error instanceof MonitorError && error.code === "failed" && this.#ready)) await this.forget();
      throw error;
    }
  }

  /** Ends the child: the next look is by another one, which finds anew whose mounts it looks at. */
  async forget(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    this.#ready = undefined;
    await child?.end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await this.forget();
  }

  async #started(): Promise<LookingChild> {
    if (this.#isClosed) throw new MonitorError("closed", "the monitor was closed");
    if (this.#child && this.#ready) return this.#child;
    const child = new LookingChild(this.#onMounts);
    this.#child = child;
    child.send({ op: "enter", ...this.#where } satisfies Order);
    const line = await child.next(SILENT_MS);
    if (line.kind === "ready") this.#ready = line;
    else if (line.kind === "failed") throw new MonitorError("failed", `${line.why} (${whatToDo})`);
    return child;
  }
}

const whatToDo =
  "to enter the runtime's mounts takes CAP_SYS_ADMIN, CAP_SYS_CHROOT and CAP_SYS_PTRACE, and its namespace of processes";
