import process from "node:process";

// Less is not measured well.
const LEAST_MS = 0.1;

/**
 * The processor time that all threads of this process take from now on, in milliseconds, whenever the result is called. Other
 * programs of the machine do not lengthen it.
 */
export function cpuTime(): () => number {
  const start = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(start);
    return Math.max(LEAST_MS, (user + system) / 1000);
  };
}
