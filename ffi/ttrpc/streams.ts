// A client's ids are odd, and below 2^31: some peers read them as signed.
const LAST_ID = 2 ** 31 - 1;

/** So many calls may be given up and stay unanswered before the connection is given up, too. */
export const MOST_GIVEN_UP = 65_536;

/** A frame that no call expects. */
export class UnexpectedReply extends Error {
  override readonly name = "UnexpectedReply";
}

/** The calls of a client, by their streams. */
export class Streams<Call> {
  // No Map: a hash table that was replaced by a larger one keeps its calls until the whole heap is collected.
  readonly #open: Record<number, Call> = {};
  /** The streams of calls that were given up: one late reply may still come on each. */
  readonly #givenUp = new Set<number>();
  readonly #lastId: number;
  #nextId: number;
  #hasWrapped = false;

  /** 1 follows the last id. */
  constructor({ firstId = 1, lastId = LAST_ID }: { firstId?: number; lastId?: number } = {}) {
    this.#nextId = firstId;
    this.#lastId = lastId;
  }

  /** How many calls were given up and have no reply yet. */
  get givenUp(): number {
    return this.#givenUp.size;
  }

  /** The calls that are open. */
  get calls(): Call[] {
    return Object.values(this.#open);
  }

  /** Opens a stream for a call. */
  open(call: Call): number {
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

  /** Closes the stream of a call that was given up. */
  giveUp(id: number): void {
    if (!(id in this.#open)) return;
    delete this.#open[id];
    this.#givenUp.add(id);
  }

  /**
   * The call that a reply answers, whose stream is closed; undefined if the call was given up.
   *
   * @throws {UnexpectedReply} for a stream on which no reply can come.
   */
  answered(id: number): Call | undefined {
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

  /** Closes all streams; gives the calls that were open. */
  closeAll(): Call[] {
    const calls = Object.values(this.#open);
    for (const id of Object.keys(this.#open)) delete this.#open[Number(id)];
    this.#givenUp.clear();
    return calls;
  }
}
