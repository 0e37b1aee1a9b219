/**
 * What planning costs; prints one number.
 *
 *     plan.js load         ms from the first `load()` of a fresh process to a core that can plan, without the imports
 *     plan.js plan         µs from a request object to its plan object: the median round of 10,000 different shareFile
 *                          requests
 *     plan.js container    µs of each mount, from a request object to its plan object: the median of shareContainer
 *                          requests with 1,000 mounts, as container.ts has them
 *
 * A second `load()` in one process finds the module compiled, so `load` is run again in a fresh one to get a median.
 */
import process from "node:process";
import { load, type ShareFileRequest } from "../mod.ts";
import { requestOf } from "./container.ts";
import { median } from "./median.ts";

const REQUESTS = 10_000;
const ROUNDS = 20;
const WARM_UP_ROUNDS = 5;

const MOUNTS = 1000;
const CONTAINERS = 200;
const WARM_UP_CONTAINERS = 50;

async function measureLoad(): Promise<number> {
  const start = performance.now();
  await load();
  return performance.now() - start;
}

async function measurePlan(): Promise<number> {
  const core = await load();
  const requests = Array.from({ length: REQUESTS }, (_, i) => shareFile(i));
  const round = () => {
    for (const request of requests) core.plan(request);
  };
  return (medianMs(round, ROUNDS, WARM_UP_ROUNDS) * 1000) / REQUESTS;
}

async function measureContainer(): Promise<number> {
  const core = await load();
  const request = requestOf(MOUNTS);
  return (medianMs(() => core.plan(request), CONTAINERS, WARM_UP_CONTAINERS) * 1000) / MOUNTS;
}

function medianMs(round: () => void, rounds: number, warmUpRounds: number): number {
  const timed = () => {
    const start = performance.now();
    round();
    return performance.now() - start;
  };
  for (let i = 0; i < warmUpRounds; i++) timed();
  return median(Array.from({ length: rounds }, timed));
}

function shareFile(number: number): ShareFileRequest {
  const mount = {
    source: `/srv/pods/p${number % 100}/volumes/config-${number}/settings.json`,
    destination: `/etc/app-${number}/settings.json`,
    type: "bind",
    options: ["rbind", "ro"],
  };
  const random = (0x1234_5678 + number).toString(16).padStart(16, "0");
  return { op: "shareFile", sandbox: { id: "s1" }, container: { id: `c${number}` }, mount, random };
}

const measures: Record<string, () => Promise<number>> = {
  load: measureLoad,
  plan: measurePlan,
  container: measureContainer,
};
console.log(await measures[process.argv[2] ?? ""]?.());
