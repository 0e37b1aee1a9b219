/**
 * What planning costs; prints one number.
 *
 *     plan.js load         ms from the first `load()` of a fresh process to a core that can plan, without the imports
 *     plan.js request      ratio: 10,000 different shareFile requests, from request object to plan object
 *     plan.js container    ratio: a shareContainer request with 1,000 mounts, as container.ts has them, likewise
 *
 * The reference of a ratio is the cost of JSON alone: JSON.stringify of the same requests, and JSON.parse of their plans. Both
 * take turns in one process, and the ratio is that of their median rounds.
 *
 * A second `load()` in one process finds the module compiled, so `load` is run again in a fresh one to get a median.
 */
import process from "node:process";
import { load, type PlanRequest, type ShareFileRequest } from "../mod.ts";
import { requestOf } from "./container.ts";
import { median } from "./median.ts";

const REQUESTS = 10_000;
const MOUNTS = 1000;

async function measureLoad(): Promise<number> {
  const start = performance.now();
  await load();
  return performance.now() - start;
}

async function measureRequests(): Promise<number> {
  const requests = Array.from({ length: REQUESTS }, (_, i) => shareFile(i));
  return ratioToJson(requests, { rounds: 20, warmUpRounds: 5 });
}

async function measureContainer(): Promise<number> {
  return ratioToJson([requestOf(MOUNTS)], { rounds: 200, warmUpRounds: 50 });
}

async function ratioToJson(
  requests: readonly PlanRequest[],
  { rounds, warmUpRounds }: { rounds: number; warmUpRounds: number },
): Promise<number> {
  const core = await load();
  const plans = requests.map((request) => core.planJson(JSON.stringify(request)));
  const planTimes: number[] = [];
  const jsonTimes: number[] = [];
  for (let round = 0; round < warmUpRounds + rounds; round++) {
    const start = performance.now();
    for (const request of requests) core.plan(request);
    const middle = performance.now();
    for (let i = 0; i < requests.length; i++) {
      JSON.stringify(requests[i]);
      JSON.parse(plans[i] as string);
    }
    const end = performance.now();
    if (round < warmUpRounds) continue;
    planTimes.push(middle - start);
    jsonTimes.push(end - middle);
  }
  return median(planTimes) / median(jsonTimes);
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
  request: measureRequests,
  container: measureContainer,
};
console.log(await measures[process.argv[2] ?? ""]?.());
