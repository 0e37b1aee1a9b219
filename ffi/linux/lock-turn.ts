/** The longest pause between two tries to get a lock. */
export const LONGEST_PAUSE_MS = 20;

// How long a process may use a sandbox's lock while another one waits for it.
const LONGEST_TURN_MS = 200;
// Turns are kept as long as they may go on: one for each sandbox in use.
const MOST_TURNS = 64;

const turns = new Map<string, Turn>();

/**
 * The time for which this process has used the lock of a sandbox without a break. Holds that follow each other closely are one
 * turn: another process that waits for the lock tries only now and then, and would hardly ever find it free.
 */
export class Turn {
  #since: number;
  #ended: number;

  private constructor(now: number) {
    this.#since = now;
    this.#ended = now;
  }

  /** The turn at a sandbox's directory: the one that goes on, or a new one. */
  static at(path: string): Turn {
    const now = performance.now();
    const known = turns.get(path);
    if (known && now - known.#ended <= LONGEST_PAUSE_MS) return known;
    if (turns.size >= MOST_TURNS) forgetEnded(now);
    const turn = new Turn(now);
    turns.set(path, turn);
    return turn;
  }

  isOver(): boolean {
    return performance.now() - this.#since > LONGEST_TURN_MS;
  }

  /** Begins a new turn: no process has to wait for this one any more. */
  begin(): void {
    this.#since = performance.now();
  }

  /** Notes that the lock was released. */
  pause(): void {
    this.#ended = performance.now();
  }

  static isEnded(turn: Turn, now: number): boolean {
    return now - turn.#ended > LONGEST_PAUSE_MS;
  }
}

function forgetEnded(now: number): void {
  for (const [path, turn] of turns) if (Turn.isEnded(turn, now)) turns.delete(path);
}
