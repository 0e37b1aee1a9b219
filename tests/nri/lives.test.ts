import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { pluginOf } from "../support/nri/checks.ts";
import { hear } from "../support/nri/heard.ts";
import { lives } from "../support/nri/lives.ts";
import { PlayedPods } from "../support/nri/played-pods.ts";
import { PlayedRuntime } from "../support/nri/played-runtime.ts";
import { recordedLives } from "../support/nri/recorded-lives.ts";
import { socketTest } from "../support/ttrpc/served.ts";

// `npm run test:node -- --record` has recorded these lives with containerd itself. The played runtime lives them in the same way.

const recorded = recordedLives();

test("lives were recorded of a containerd that calls for each event, and of one that changes states", () => {
  assert.deepEqual(
    Object.values(recorded)
      .map(({ nri }) => nri)
      .sort(),
    ["0.12", "0.8"],
  );
});

for (const [version, { nri, lives: found }] of Object.entries(recorded)) {
  for (const { what, steps } of found) {
    socketTest(`as containerd ${version}: ${what}`, async (directory) => {
      const life = lives.find((one) => one.what === what);
      assert.ok(life, "the life is not lived any more: record again");
      await using runtime = await PlayedRuntime.start(join(directory, "nri.sock"), { nri });
      const heard = await hear(life, new PlayedPods(runtime), (handlers) => pluginOf(runtime, handlers));
      assert.deepEqual(heard, steps);
    });
  }
}
