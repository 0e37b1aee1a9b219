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

/** Starts to ask, and says by `settle` when there is an answer, or why there cannot be one. What it gives gives up. */
export type StartAsking = (settle: (error?: unknown) => void) => () => void;

interface Server {
  asking: number;
  /** When it last answered, or was first asked since nobody else did; as performance.now() counts. */
  since: number;
}

interface Waiting {
  readonly server: Server;
  begin(): void;
}

/** Who asks servers: only some at a time, of all and of each server, so that one that hangs is not in the others' way. */
export class ServerQueue {
  #asking = 0;
  readonly #servers = new Map<number, Server>();
  readonly #waiting = new Set<Waiting>();

  /**
   * Resolves when a server, known by a number, has answered. It has that long from now on, or from when it last answered
   * somebody: who waits behind others that it leaves hanging does not wait longer than they do.
   */
  ask(id: number, start: StartAsking, { timeoutMs, signal, onTimeout }: Patience): Promise<void> {
    const server = this.#servers.get(id) ?? { asking: 0, since: 0 };
    this.#servers.set(id, server);
    const asked = performance.now();
    return new Promise((resolve, reject) => {
      let giveUp: (() => void) | undefined;
      let timer: ReturnType<typeof setTimeout> | undefined;
      let isOver = false;
      const end = (error?: unknown) => {
        if (isOver) return;
        isOver = true;
        clearTimeout(timer);
        signal?.removeEventListener("abort", onAbort);
        this.#leave(id, waiting);
        if (error === undefined) resolve();
        else reject(error);
      };
      const stop = (error: unknown) => {
        giveUp?.();
        end(error);
      };
      const onAbort = () => stop(signal?.reason);
      const left = () => Math.max(asked, server.since) + timeoutMs - performance.now();
      const setTimer = (ms: number) => {
        clearTimeout(timer);
        timer = setTimeout(onTimer, Math.min(Math.max(0, ms), LONGEST_TIMER_MS));
      };
      // Behind others of its server; or behind those of all others, which is not its server's fault.
      const onTimer = () => {
        const more = giveUp ? 0 : server.asking > 0 ? left() : timeoutMs;
        if (more <= 0) stop(onTimeout());
        else setTimer(more);
      };
      // What starts may have its end at once.
      const begin = () => {
        if (server.asking === 0) server.since = performance.now();
        this.#asking += 1;
        server.asking += 1;
        setTimer(left());
        giveUp = start((error) => {
          if (error === undefined) server.since = performance.now();
          queueMicrotask(() => end(error));
        });
      };
      const waiting: Waiting = { server, begin };
      signal?.addEventListener("abort", onAbort);
      if (this.#hasRoom(server)) return begin();
      this.#waiting.add(waiting);
      setTimer(timeoutMs);
    });
  }

  #hasRoom({ asking }: Server): boolean {
    return this.#asking < MOST_CHILDREN && asking < MOST_OF_A_SERVER;
  }

  #leave(id: number, waiting: Waiting): void {
    const { server } = waiting;
    if (!this.#waiting.delete(waiting)) {
      this.#asking -= 1;
      server.asking -= 1;
      this.#beginNext();
    }
    const isWanted = server.asking > 0 || [...this.#waiting].some((other) => other.server === server);
    if (!isWanted) this.#servers.delete(id);
  }

  #beginNext(): void {
    for (const waiting of this.#waiting) {
      if (!this.#hasRoom(waiting.server)) continue;
      this.#waiting.delete(waiting);
      waiting.begin();
      return;
    }
  }
}
