/**
 * What planning costs, on Node; prints one number.
 *
 *     plan.js load    ms from the first `load()` of a fresh process to a core that can plan, without the imports
 *     plan.js plan    µs from a request object to its plan object: the median round of 10,000 different shareFile requests
 *
 * A second `load()` in one process finds the module compiled, so `load` is run again in a fresh one to get a median.
 */
import process from "node:process";
import { load, type ShareFileRequest } from "../mod.ts";
import { median } from "./median.ts";

const REQUESTS = 10_000;
const ROUNDS = 20;
const WARM_UP_ROUNDS = 5;

async function measureLoad(): Promise<number> {
  const start = performance.now();
  await load();
  return performance.now() - start;
}

async function measurePlan(): Promise<number> {
  const core = await load();
  const requests = Array.from({ length: REQUESTS }, (_, i) => shareFile(i));
  const round = () => {
    const start = performance.now();
    for (const request of requests) core.plan(request);
    return performance.now() - start;
  };
  for (let i = 0; i < WARM_UP_ROUNDS; i++) round();
  return (median(Array.from({ length: ROUNDS }, round)) * 1000) / REQUESTS;
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

console.log(await (process.argv[2] === "load" ? measureLoad() : measurePlan()));
