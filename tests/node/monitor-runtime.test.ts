import { join } from "node:path";
import { monitorChecks } from "../support/node/monitor-checks.ts";
import { dialectsHere } from "../support/nri/dialects.ts";
import { PlayedRuntime } from "../support/nri/played-runtime.ts";
import { mountTest } from "../support/scratch.ts";

// What holds with the played runtimes here, `npm run test:nri` holds with NRI's own library.

for (const nri of dialectsHere) {
  for (const { what, only, holds } of monitorChecks) {
    if (only !== undefined && only !== nri) continue;
    // Both dialects are decoded alike, and these take a while.
    if (nri === "0.8" && what.startsWith("messages of 4 MB")) continue;
    mountTest(`NRI ${nri}: ${what}`, async ({ path }) => {
      const options = { nri, requestTimeoutMs: what.includes("stands still") ? 500 : 30_000 };
      await using runtime = await PlayedRuntime.start(join(path, "nri.sock"), options);
      await holds(runtime, path);
    });
  }
}
