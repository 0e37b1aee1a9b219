import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { readProcessStat } from "../../words/process-stat.ts";

/** What the kernel's scheduler says of this process: by it, who waits for a processor is told from who waits for a filesystem. */
export interface Scheduler {
  /** For how many milliseconds this thread has waited for a processor so far. */
  delayMs(): number;
  /** Whether another thread of this process waits for a processor now, or has one. */
  hasRunnableThread(): boolean;
}

/** The scheduler of the kernel that this process is on. */
export const kernelScheduler: Scheduler = {
  delayMs() {
    // Nanoseconds on a processor, nanoseconds of waiting for one, time slices (Documentation/scheduler/sched-stats.rst).
    const [, waited] = read("/proc/thread-self/schedstat").split(" ");
    return Number(waited ?? 0) / 1e6;
  },
  hasRunnableThread() {
    const own = ownThread();
    const stateOf = (thread: string) => readProcessStat(read(`/proc/self/task/${thread}/stat`)).state;
    return readdirSync("/proc/self/task").some((thread) => thread !== own && stateOf(thread) === "R");
  },
};

function ownThread(): string {
  const path = readlinkSync("/proc/thread-self");
  return path.slice(path.lastIndexOf("/") + 1);
}

// A kernel may be without these figures, and a thread may have ended.
function read(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
