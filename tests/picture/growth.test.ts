import assert from "node:assert/strict";
import { test } from "node:test";
import { loadSync, type PlanRequest } from "../../mod.ts";
import { type PlanToDraw, pictureOfPlans, svgOf } from "../../picture/mod.ts";
import { assertLinear } from "../support/growth.ts";
import { rounds } from "../support/sample.ts";

const MOUNTS = rounds(10_000, 10_000);
const core = loadSync();

/** A container with so many binds in a hundred directories of the host, and as many of its own. */
function planOf(count: number): PlanToDraw {
  const mounts = Array.from({ length: count }, (_, at) => ({
    ...{ source: `/srv/d${at % 100}/f${at}`, destination: `/d${at % 100}/f${at}` },
    options: at % 2 === 0 ? ["bind"] : ["rbind", "ro"],
  }));
  const request: PlanRequest = {
    ...{ op: "shareContainer", sandbox: { id: "s1" } },
    container: { id: "c1", rootFs: { target: "/r" }, mounts },
    random: mounts.map((_, at) => at.toString(16).padStart(16, "0")),
  };
  return { request, plan: core.plan(request) };
}

test("each mount is a row in each column and two curves, for a thousand and for ten thousand", () => {
  for (const count of [1000, 10_000]) {
    const { columns, curves } = pictureOfPlans([planOf(count)]);
    // Of the host its directories, "/srv" and the root; of the hub the sandbox, itself and two directories.
    assert.deepEqual(
      Object.values(columns).map(({ length }) => length),
      [count + 100 + 2, count + 5, count + 100 + 3],
    );
    assert.equal(curves.length, 2 * count + 2);
  }
});

test("a picture of ten thousand mounts takes time in proportion, and so does its SVG", async () => {
  await assertLinear(MOUNTS, (count) => {
    const plan = planOf(count);
    return () => {
      assert.ok(svgOf(pictureOfPlans([plan])).endsWith("</svg>\n"));
    };
  });
});
