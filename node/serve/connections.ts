import type { Socket } from "node:net";

/**
 * The connections of a server, of which there are at most so many. One more takes the place of the oldest that has not asked for anything,
 * or else of the oldest: whoever only holds connections open keeps nobody out.
 */
export class Connections {
  readonly #most: number;
  /** In their order, with whether they have asked. */
  readonly #open = new Map<Socket, boolean>();

  constructor(most: number) {
    this.#most = most;
  }

  /** Takes a new one. */
  add(socket: Socket): void {
    if (this.#open.size >= this.#most) this.#drop();
    this.#open.set(socket, false);
    socket.once("close", () => this.#open.delete(socket));
  }

  /** One has asked for something; false if it has before. */
  ask(socket: Socket): boolean {
    const isFirst = this.#open.get(socket) === false;
    if (isFirst) this.#open.set(socket, true);
    return isFirst;
  }

  #drop(): void {
    const sockets = [...this.#open];
    const [oldest] = sockets.find(([, hasAsked]) => !hasAsked) ?? sockets[0] ?? [];
    if (!oldest) return;
    this.#open.delete(oldest);
    oldest.destroy();
  }
}
