import { createInterface } from "node:readline";
import type { Duplex } from "node:stream";

/** An argument of a call: text, or bytes where it is no UTF-8. */
export type Argument = string | Buffer;

/** A call that the guest made and that failed. */
export class GuestError extends Error {
  /** The name of the errno, or how a program ended. */
  readonly code: string;

  constructor(code: string, call: readonly Argument[]) {
    super(`Cannot ${call.join(" ").slice(0, 300)} in the guest: ${code}`);
    this.name = "GuestError";
    this.code = code;
  }
}

/** The line to the program in the guest: a call goes out, its answer comes back, one at a time. */
export class Channel {
  readonly #stream: Duplex;
  readonly #lines: AsyncIterator<string>;
  #last: Promise<unknown> = Promise.resolve();

  constructor(stream: Duplex) {
    this.#stream = stream;
    this.#stream.on("error", () => {}); // told by the end of its lines
    this.#lines = createInterface({ input: stream })[Symbol.asyncIterator]();
  }

  /** What the guest says to a call, which it makes after all that were made before. */
  async call<T>(call: readonly Argument[], timeoutMs: number): Promise<T> {
    const turn = this.#last.then(() => {
      this.send(call);
      return this.answer(timeoutMs);
    });
    this.#last = turn.catch(() => {});
    const answer = (await turn) as { value: T } | { error: string };
    if ("error" in answer) throw new GuestError(answer.error, call);
    return answer.value;
  }

  /** Sends a call whose answer nobody waits for. */
  send(call: readonly Argument[]): void {
    this.#stream.write(`${escaped(JSON.stringify(call.map(bytesOf)))}\n`);
  }

  /** The next line that comes. */
  async answer(timeoutMs: number): Promise<unknown> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`Cannot hear the guest for ${timeoutMs} ms`)), timeoutMs);
    });
    const line = this.#lines.next().catch(() => ({ done: true, value: "" })); // a connection that broke
    const next = await Promise.race([line, late]).finally(() => clearTimeout(timer));
    if (next.done) throw new Error("Cannot hear the guest: it is gone");
    return JSON.parse(next.value);
  }
}

/** Strings cross as bytes, each of them one character: see guest/json.h. */
export function bytesOf(argument: Argument): string {
  return Buffer.from(argument as string).toString("latin1");
}

/** The text that bytes of the guest are. */
export function textOf(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString();
}

function escaped(json: string): string {
  return json.replace(/[\x7f-\xff]/g, (each) => `\\u00${each.charCodeAt(0).toString(16)}`);
}
