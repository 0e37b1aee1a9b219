import type { PageState } from "../../link/state.ts";
import type { Outcome } from "../input/outcome.ts";
import { type OutcomePart, OutcomeParts } from "./parts.ts";

// Beside the page: the same script, which in a worker draws and shows nothing. So the core is there once.
const SCRIPT = "page.js";

/** Draws large inputs in a worker, so that the page answers meanwhile. */
export class Aside {
  #worker: Worker | undefined;
  #isBusy = false;
  #isImpossible = false;

  /** Stops what is drawn: nobody wants it any more. */
  stop(): void {
    if (!this.#isBusy) return;
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#isBusy = false;
  }

  /**
   * Draws an input, and tells what is drawn, unless it is stopped before. Where there can be no worker, as a browser allows none to a
   * page that is opened as a file, it tells so, then and ever after.
   */
  draw(input: PageState, tell: (outcome: Outcome | "no-worker") => void): void {
    this.stop();
    const worker = this.#isImpossible ? undefined : (this.#worker ?? startWorker());
    if (!worker) {
      this.#isImpossible = true;
      tell("no-worker");
      return;
    }
    this.#worker = worker;
    this.#isBusy = true;
    const parts = new OutcomeParts();
    worker.onmessage = ({ data }: MessageEvent<OutcomePart>) => {
      const outcome = parts.add(data);
      if (!outcome) return;
      this.#isBusy = false;
      tell(outcome);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.stop();
      this.#isImpossible = true;
      tell("no-worker");
    };
    worker.postMessage(input);
  }
}

function startWorker(): Worker | undefined {
  try {
    return new Worker(SCRIPT);
  } catch (error) {
    // Of a file, Chromium says so at once.
    if (error instanceof DOMException && error.name === "SecurityError") return undefined;
    throw error;
  }
}
