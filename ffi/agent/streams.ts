import type { PendingCall } from "./pending-call.ts";

// A client's ids are odd, and below 2^31: some peers read them as signed.
const LAST_ID = 2 ** 31 - 1;

/** So many calls may go unanswered after they were given up. A peer that answers none of them is no peer. */
export const MOST_GIVEN_UP = 65_536;

/** A reply that belongs to nothing. */
export class UnexpectedReply extends Error {
  override readonly name = "UnexpectedReply";
}

/** Which call each stream belongs to. */
export class Streams {
  // No Map: a table that it outgrew leads to the next one, and keeps the calls that it had until the whole heap is collected.
  readonly #open: Record<number, PendingCall> = {};
  /** Those whose callers are gone: their replies may still come, once. */
  readonly #givenUp = new Set<number>();
  readonly #lastId: number;
  #nextId: number;
  #hasWrapped = false;

  /** After the last id comes 1 again. */
  constructor({ firstId = 1, lastId = LAST_ID }: { firstId?: number; lastId?: number } = {}) {
    this.#nextId = firstId;
    this.#lastId = lastId;
  }

  get givenUp(): number {
    return this.#givenUp.size;
  }

  /** The calls that are open. */
  get calls(): PendingCall[] {
    return Object.values(this.#open);
  }

  /** A stream of a call's own. */
  open(call: PendingCall): number {
    let id = this.#step();
    while (id in this.#open || this.#givenUp.has(id)) id = this.#step();
    this.#open[id] = call;
    return id;
  }

  #step(): number {
    const id = this.#nextId;
    this.#nextId = id === this.#lastId ? 1 : id + 2;
    this.#hasWrapped ||= this.#nextId < id;
    return id;
  }

  /** Closes a stream whose answer nobody waits for any more. */
  giveUp(id: number): void {
    if (!(id in this.#open)) return;
    delete this.#open[id];
    this.#givenUp.add(id);
  }

  /**
   * The call that a reply answers, whose stream ends with it; undefined where its caller is gone.
   *
   * @throws {UnexpectedReply} where no reply can come.
   */
  answered(id: number): PendingCall | undefined {
    const call = this.#open[id];
    if (call) {
      delete this.#open[id];
      return call;
    }
    if (this.#givenUp.delete(id)) return undefined;
    throw new UnexpectedReply(this.#whyNot(id));
  }

  #whyNot(id: number): string {
    if (id % 2 === 0) return `a reply came on stream ${id}, and a client's are odd`;
    if (id < this.#nextId || this.#hasWrapped) return `a second reply came on stream ${id}`;
    return `a reply came on stream ${id}, on which nothing was asked`;
  }

  /** Closes all streams; the calls that were open. */
  closeAll(): PendingCall[] {
    const calls = Object.values(this.#open);
    for (const id of Object.keys(this.#open)) delete this.#open[Number(id)];
    this.#givenUp.clear();
    return calls;
  }
}
