import { memoryUsage } from "node:process";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** How many bytes of this process's heap are in use, once all garbage is collected. */
export function heapBytes(): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  // What the first one finds without an owner, the second one takes.
  for (let times = 0; times < 2; times += 1) collect();
  return memoryUsage().heapUsed;
}
