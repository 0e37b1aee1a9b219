import { join } from "node:path";
import { shown } from "../support/agent/asking.ts";
import { checkRows } from "../support/agent/rows.ts";
import { agentRules } from "../support/agent/rules.ts";
import { generation } from "./support/agent-program.ts";
import { agentTest } from "./support/agent-test.ts";

if (generation === "4.0")
  agentTest("an agent of 4.0 does what its own tests say", (place) =>
    checkRows(place.agent, place.guestDirectory),
  );

for (const { what, holds } of agentRules.filter((rule) => rule.generations.includes(generation)))
  agentTest(`an agent of ${generation} ${what}`, ({ agent, guestDirectory }) =>
    holds(agent, (path) => shown(join(guestDirectory, path))),
  );
