/**
 * What planning a container costs beside making what was planned, on Deno; prints one ratio, the median of the rounds.
 *
 *     plan-vs-mount.ts <directory> <mounts>
 *
 * A round prepares a sandbox, shares one container of that many mounts (container.ts) by the public class, and cleans up.
 * Of its `shareContainer` alone, two times are taken, with one clock in one call:
 *
 *     planning    how long `core.plan` runs, from the request object to the frozen plan object
 *     the rest    all other time until the promise resolves: looking at every source, the lock, looking at the hub, and
 *                 every system call of every step
 *
 * The ratio is planning / the rest. Prepare and cleanup are in neither; nor is planning itself in the rest.
 */
import process from "node:process";
import { FilesystemShare, openLibc } from "../ffi/mod.ts";
import { load } from "../mod.ts";
import { containerOf } from "./container.ts";
import { median } from "./median.ts";

const ROUNDS = 20;
const WARM_UP_ROUNDS = 10;

const [directory = "", mounts] = process.argv.slice(2);
const container = containerOf(directory, Number(mounts));
const libc = await openLibc("deno");
const share = new FilesystemShare({ id: "s1", hostDir: `${directory}/host` }, { libc });

let planning = 0;
await timePlanning();
for (let i = 0; i < WARM_UP_ROUNDS; i++) await round();
const ratios: number[] = [];
for (let i = 0; i < ROUNDS; i++) ratios.push(await round());
console.log(median(ratios));

// The class has a core of its own, of the class that every core is of.
async function timePlanning(): Promise<void> {
  const core = Object.getPrototypeOf(await load());
  const { plan } = core;
  core.plan = function (request: unknown) {
    const start = performance.now();
    try {
      return plan.call(this, request);
    } finally {
      planning += performance.now() - start;
    }
  };
}

async function round(): Promise<number> {
  await share.prepare();
  planning = 0;
  const start = performance.now();
  const { outcomes } = await share.shareContainer(container);
  const all = performance.now() - start;
  const planned = planning;
  await share.cleanup();
  if (outcomes.length !== Number(mounts))
    throw new Error(`Cannot compare: ${outcomes.length} mounts planned`);
  return planned / (all - planned);
}
