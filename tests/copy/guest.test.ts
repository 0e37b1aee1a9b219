import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { generations } from "../../ffi/guest/generation.ts";
import { ask, LNK, REG, shown } from "../support/agent/asking.ts";
import { checkRows } from "../support/agent/rows.ts";
import { agentRules } from "../support/agent/rules.ts";
import { copyTest } from "../support/copy/place.ts";

// `npm run test:agent` holds the same rows and rules against a real agent.

copyTest("an agent of 4.0 does what its own tests say", (place) =>
  place.with({}, (agent) => checkRows(agent, place.guestDirectory)),
);

for (const { what, generations, holds } of agentRules)
  for (const generation of generations)
    copyTest(`an agent of ${generation} ${what}`, (place) =>
      place.with({ generation }, (agent) => holds(agent, (path) => shown(join(place.guestDirectory, path)))),
    );

// A real one of the older generations would: the embedded guest's directory is on this machine.
for (const generation of generations)
  copyTest(`an embedded guest of ${generation} follows no link out of its directory`, (place) =>
    place.with({ generation }, async (agent) => {
      await ask(agent, { path: "out", mode: LNK | 0o777, data: place.path, size: 0 });
      assert.equal(await ask(agent, { path: "out/f", mode: REG | 0o644, data: "x" }), "failed");
      await ask(agent, { path: "a.tmp", mode: LNK | 0o777, data: join(place.path, "f"), size: 0 });
      assert.equal(await ask(agent, { path: "a.txt", mode: REG | 0o644, data: "x" }), "failed");
      assert.equal(existsSync(join(place.path, "f")), false);
    }),
  );
