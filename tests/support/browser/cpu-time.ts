import type { CDPSession } from "playwright-core";
import type { OpenPage } from "./open-page.ts";

// What the page itself computes. What the browser does for a text field of that size, it does on any page.
const parts = ["ScriptDuration", "LayoutDuration", "RecalcStyleDuration"];

/** The processor time of a page's main thread, which other programs of the machine do not lengthen. */
export class CpuTime {
  readonly #session: CDPSession;

  private constructor(session: CDPSession) {
    this.#session = session;
  }

  static async of({ context, page }: OpenPage): Promise<CpuTime> {
    const session = await context.newCDPSession(page);
    await session.send("Performance.enable", { timeDomain: "threadTicks" });
    return new CpuTime(session);
  }

  /** How many milliseconds of scripts and layout somebody's doing takes there. */
  async of(run: () => Promise<unknown>): Promise<number> {
    const before = await this.#now(parts);
    await run();
    return (await this.#now(parts)) - before;
  }

  /** How many milliseconds of anything, for a script that is not the page's own: that is no part of the others. */
  async ofTask(run: () => Promise<unknown>): Promise<number> {
    const before = await this.#now(["TaskDuration"]);
    await run();
    return (await this.#now(["TaskDuration"])) - before;
  }

  async #now(names: readonly string[]): Promise<number> {
    const { metrics } = await this.#session.send("Performance.getMetrics");
    return metrics.reduce((sum, { name, value }) => (names.includes(name) ? sum + value * 1000 : sum), 0);
  }
}
