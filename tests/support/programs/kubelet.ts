/**
 * Writes versions of a volume as kubelet does, evenly over some time; says "ready" before the first one, which comes at a
 * line on its input, and "done" after the last one.
 *
 *     kubelet.js <volume> <versions> <milliseconds> <key>…
 */
import { setTimeout as sleep } from "node:timers/promises";
import { KubeletVolume } from "../watch/kubelet-volume.ts";

const [path = "", versions = "", milliseconds = "", ...keys] = process.argv.slice(2);
const volume = new KubeletVolume(path);
console.log(`"ready"`);
await new Promise((resolve) => process.stdin.once("data", resolve));
const begin = performance.now();
for (let number = 1; number <= Number(versions); number++) {
  volume.write(Object.fromEntries(keys.map((key) => [key, `v${number} of ${key}`])));
  const due = begin + (number * Number(milliseconds)) / Number(versions);
  if (performance.now() < due) await sleep(due - performance.now());
}
console.log(`"done"`);
process.stdin.destroy();
