import { join } from "node:path";
import { checks } from "../support/nri/checks.ts";
import { dialectsHere } from "../support/nri/dialects.ts";
import { PlayedRuntime } from "../support/nri/played-runtime.ts";
import { socketTest } from "../support/ttrpc/served.ts";

// What holds with the played runtimes here, `npm run test:nri` holds with NRI's own library.

for (const nri of dialectsHere) {
  for (const { what, only, holds } of checks) {
    if (only !== undefined && only !== nri) continue;
    socketTest(`NRI ${nri}: ${what}`, async (directory) => {
      const options = { nri, requestTimeoutMs: what.includes("too slow") ? 300 : 10_000 };
      await using runtime = await PlayedRuntime.start(join(directory, "nri.sock"), options);
      await holds(runtime);
    });
  }
}
