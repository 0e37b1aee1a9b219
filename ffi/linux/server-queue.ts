// Each child that a server leaves hanging is one process, whose end nobody can bring about.
const MOST_CHILDREN = 64;
// So that a server that hangs leaves room to ask others.
const MOST_OF_A_SERVER = 16;
// A timer that is longer goes off at once.
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** How long is waited for an answer. */
export interface Patience {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** The error where nothing is answered in time. */
  onTimeout(): Error;
}

/**
 * Starts to ask, and calls `settle` when there is an answer, or with the reason why there cannot be one. Gives the function
 * that gives the question up.
 */
export type StartAsking = (settle: (error?: unknown) => void) => () => void;

interface Server {
  asking: number;
  /** When it last answered, or was first asked since nobody else did; as performance.now() counts. */
  since: number;
}

/** Who asks servers: only some at a time, of all and of each server, so that one that hangs is not in the others' way. */
export class ServerQueue {
  #asking = 0;
  readonly #servers = new Map<number, Server>();
  readonly #waiting = new Set<Question>();

  /**
   * Resolves when a server, known by a number, has answered. The server has `timeoutMs` from now on, or from when it last
   * answered somebody: a question that waits behind others that the server leaves hanging does not wait longer than they do.
   */
  ask(id: number, start: StartAsking, patience: Patience): Promise<void> {
    const server = this.#servers.get(id) ?? { asking: 0, since: 0 };
    this.#servers.set(id, server);
    return new Promise((resolve, reject) => {
      const question = new Question(server, start, patience, (error) => {
        this.#leave(id, question);
        if (error === undefined) resolve();
        else reject(error);
      });
      if (this.#hasRoom(server)) return this.#begin(question);
      this.#waiting.add(question);
      question.setTimer(patience.timeoutMs);
    });
  }

  #hasRoom({ asking }: Server): boolean {
    return this.#asking < MOST_CHILDREN && asking < MOST_OF_A_SERVER;
  }

  #begin(question: Question): void {
    this.#asking += 1;
    question.begin();
  }

  #leave(id: number, question: Question): void {
    const { server } = question;
    if (!this.#waiting.delete(question)) {
      this.#asking -= 1;
      server.asking -= 1;
      this.#beginNext();
    }
    const isWanted = server.asking > 0 || [...this.#waiting].some((other) => other.server === server);
    if (!isWanted) this.#servers.delete(id);
  }

  #beginNext(): void {
    for (const question of this.#waiting) {
      if (!this.#hasRoom(question.server)) continue;
      this.#waiting.delete(question);
      this.#begin(question);
      return;
    }
  }
}

/** A question to a server, from the time that it is put until it is settled: once, by an answer, a timer or a signal. */
class Question {
  readonly server: Server;
  readonly #start: StartAsking;
  readonly #patience: Patience;
  readonly #onSettled: (error?: unknown) => void;
  readonly #askedMs = performance.now();
  #giveUp: (() => void) | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isSettled = false;

  constructor(server: Server, start: StartAsking, patience: Patience, onSettled: (error?: unknown) => void) {
    this.server = server;
    this.#start = start;
    this.#patience = patience;
    this.#onSettled = onSettled;
    patience.signal?.addEventListener("abort", this.#onAbort);
  }

  /** Asks. The answer may be there at once. */
  begin(): void {
    const { server } = this;
    if (server.asking === 0) server.since = performance.now();
    server.asking += 1;
    this.setTimer(this.#leftMs());
    this.#giveUp = this.#start((error) => {
      if (error === undefined) server.since = performance.now();
      queueMicrotask(() => this.#settle(error));
    });
  }

  setTimer(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#onTimer, Math.min(Math.max(0, ms), LONGEST_TIMER_MS));
  }

  #leftMs(): number {
    return Math.max(this.#askedMs, this.server.since) + this.#patience.timeoutMs - performance.now();
  }

  // A question that was not begun waits behind others of its server, or behind those of all others: that is not its server's
  // fault.
  readonly #onTimer = () => {
    const waitingMs = this.server.asking > 0 ? this.#leftMs() : this.#patience.timeoutMs;
    const moreMs = this.#giveUp ? 0 : waitingMs;
    if (moreMs <= 0) this.#stop(this.#patience.onTimeout());
    else this.setTimer(moreMs);
  };

  readonly #onAbort = () => this.#stop(this.#patience.signal?.reason);

  #stop(error: unknown): void {
    this.#giveUp?.();
    this.#settle(error);
  }

  #settle(error?: unknown): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    clearTimeout(this.#timer);
    this.#patience.signal?.removeEventListener("abort", this.#onAbort);
    this.#onSettled(error);
  }
}
