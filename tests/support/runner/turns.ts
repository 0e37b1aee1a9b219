/** Somebody whose text is printed. */
export interface Speaker {
  say(text: string): void;
  /** Nothing more is said. */
  end(): void;
}

/** Prints what several say at the same time one after the other: who began first is heard at once, the others wait. */
export class Turns {
  readonly #print: (text: string) => void;
  readonly #queue: { waiting: string; isOver: boolean }[] = [];

  constructor(print: (text: string) => void) {
    this.#print = print;
  }

  begin(): Speaker {
    const own = { waiting: "", isOver: false };
    this.#queue.push(own);
    return {
      say: (text) => {
        own.waiting += text;
        this.#go();
      },
      end: () => {
        own.isOver = true;
        this.#go();
      },
    };
  }

  /** Prints all that waits, also of who has not ended. */
  flush(): void {
    for (const { waiting } of this.#queue.splice(0)) this.#print(waiting);
  }

  #go(): void {
    for (let first = this.#queue[0]; first; first = this.#queue[0]) {
      if (first.waiting !== "") this.#print(first.waiting);
      first.waiting = "";
      if (!first.isOver) return;
      this.#queue.shift();
    }
  }
}
