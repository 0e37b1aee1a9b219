import assert from "node:assert/strict";
import { hear } from "../../support/nri/heard.ts";
import { type Life, lives } from "../../support/nri/lives.ts";
import { type RecordedLife, recordedLives } from "../../support/nri/recorded-lives.ts";
import type { NodeCheck } from "../check.ts";
import type { TestNode } from "../node.ts";

/** What a plugin hears of each life. */
export async function lived(node: TestNode): Promise<RecordedLife[]> {
  const heard: RecordedLife[] = [];
  for (const life of lives) if (isOf(life, node)) heard.push(await livedOnce(life, node));
  return heard;
}

async function livedOnce(life: Life, node: TestNode): Promise<RecordedLife> {
  const steps = await hear(life, node.cri, (handlers) => node.connect(handlers));
  return { what: life.what, steps };
}

/** NRI 0.8 has no validation. */
function isOf({ refuses }: Life, { nri }: TestNode): boolean {
  return nri !== "0.8" || refuses !== "validateContainerAdjustment";
}

/** Each life is lived as it was recorded. */
export const lifeChecks: readonly NodeCheck[] = lives.map((life) => ({
  what: `events come in the order that was recorded: ${life.what}`,
  ...(life.refuses === "validateContainerAdjustment" && { only: "0.12" as const }),
  async holds(node) {
    const { version } = node.programs;
    const recorded = recordedLives()[version]?.lives.find(({ what }) => what === life.what);
    assert.ok(recorded, `nothing is recorded of containerd ${version}`);
    assert.deepEqual(await livedOnce(life, node), recorded);
  },
}));
