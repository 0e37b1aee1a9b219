import type { Duplex, Writable } from "node:stream";
import { printable } from "./console.ts";

/** How a script ended that the guest ran. */
export interface Answer {
  readonly status: number;
  /** The end of what it printed. */
  readonly said: string;
}

interface PendingCall {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

const LONGEST_LINE = 8 * 1024;

/** Has the guest run scripts. What it answers is not trusted: a line that is none of ours changes nothing, and none is kept long. */
export class GuestCalls {
  /** Settles when the guest is up. */
  readonly ready: Promise<void>;
  /** Is called with the number of a script whose program has ended, and how. */
  onExit: (id: number, status: number) => void = () => {};
  /** Is called where the guest breaks the rules of the line itself. */
  onNonsense: (what: string) => void = () => {};
  readonly #pending = new Map<number, PendingCall>();
  #isReady: () => void = () => {};
  #line = "";
  #lastId = 0;
  #end: Error | undefined;

  constructor(control: Duplex) {
    this.ready = new Promise((resolve) => {
      this.#isReady = resolve;
    });
    control.on("data", (bytes: Buffer) => this.#take(bytes.toString("latin1")));
  }

  /** Sends a script by a port, which runs it after those before it. The script may say its own number. */
  call(
    port: Writable,
    scriptOf: (id: number) => string,
  ): { readonly id: number; readonly answer: Promise<Answer> } {
    this.#lastId += 1;
    const id = this.#lastId;
    if (this.#end) return { id, answer: Promise.reject(this.#end) };
    const script = Buffer.from(scriptOf(id));
    const answer = new Promise<Answer>((resolve, reject) => this.#pending.set(id, { resolve, reject }));
    port.write(Buffer.concat([Buffer.from(`${id} ${script.length}\n`), script]));
    return { id, answer };
  }

  /** Gives up all that waits, and all that is called from now on: the guest is gone. */
  end(error: Error): void {
    this.#end ??= error;
    for (const { reject } of this.#pending.values()) reject(this.#end);
    this.#pending.clear();
  }

  #take(text: string): void {
    const lines = (this.#line + text).split("\n");
    this.#line = lines.pop() as string;
    for (const line of lines) this.#hear(line);
    if (this.#line.length <= LONGEST_LINE) return;
    this.#line = "";
    this.onNonsense(`it sent a line of more than ${LONGEST_LINE} bytes`);
  }

  #hear(line: string): void {
    if (line === "ready") this.#isReady();
    const [, word, number = "", status = "", said = ""] = answerForm.exec(line) ?? [];
    const [id, code] = [Number(number), Number(status)];
    if (word === "exit" && code <= 255) this.onExit(id, code);
    const pending = this.#pending.get(id);
    if (word !== "done" || pending === undefined) return;
    this.#pending.delete(id);
    pending.resolve({ status: code, said: printable(Buffer.from(said, "base64").toString()) });
  }
}

const answerForm = /^(exit|done) (\d{1,15}) (\d{1,3})(?: ([A-Za-z0-9+/=]*))?$/;
