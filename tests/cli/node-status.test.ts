import assert from "node:assert/strict";
import { test } from "node:test";
import { nodeSummary } from "../../cli/print/node-status.ts";
import type { NodeStatus } from "../../node/mod.ts";

const pods = { running: 0, stopped: 0, "process-gone": 0, listed: 0 };
const known = {
  places: { directories: [], found: [], mounts: "unknown", isFollowed: false },
  audits: {},
  counts: { sandboxes: { living: 0, dead: 0, unknown: 0 }, mounts: 0, leakedMounts: 0 },
  removed: { sandboxes: 0, mounts: 0, failures: 0 },
};
const summary = (living: object) => nodeSummary({ ...known, living } as unknown as NodeStatus);

test("before a runtime has answered, it is said where it was looked for, and how to look elsewhere", () => {
  const why = 'no runtime has answered on "/run/x.sock" yet';
  const [line] = summary({ by: "nri", isKnown: false, why, pods, connections: 0 });
  assert.equal(line, `Who lives is not known: ${why} (--nri-socket names another place)`);
  const [lost] = summary({ by: "nri", isKnown: false, why: "lost", pods, connections: 1 });
  assert.equal(lost, "Who lives is not known: lost");
});

test("a runtime whose process is not seen is told once it has answered", () => {
  assert.match(summary({ by: "nri", isKnown: true, pods, connections: 1 })[0] ?? "", /hostPID/);
});
