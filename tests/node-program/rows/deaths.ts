import assert from "node:assert/strict";
import { eventRows, type NriEventName } from "../../../ffi/nri/events.ts";
import { Child } from "../../support/child.ts";
import type { PodStep } from "../../support/nri/node-pods.ts";
import { commandOf } from "../../support/runtimes.ts";
import type { NodeCheck } from "../check.ts";
import type { TestNode } from "../node.ts";

const life: readonly PodStep[] = [
  ["runPod", "p1"],
  ["createContainer", "p1", "c1"],
  ["startContainer", "c1"],
  ["updateContainer", "c1"],
  ["stopContainer", "c1"],
  ["removeContainer", "c1"],
  ["stopPod", "p1"],
  ["removePod", "p1"],
];

// crictl asks for these of a whole pod only, which no CRI has.
const never: readonly NriEventName[] = ["updatePodSandbox", "postUpdatePodSandbox"];
const events = eventRows.map(({ name }) => name).filter((name) => !never.includes(name));

/** What CRI's client is told in the order of a life; undefined where a step was done. */
async function errorsOf(node: TestNode): Promise<(string | undefined)[]> {
  const errors: (string | undefined)[] = [];
  for (const [name, ...names] of life) {
    const call = node.cri[name] as (...names: string[]) => Promise<void>;
    errors.push(
      await call.apply(node.cri, names).then(
        () => undefined,
        (error: Error) => error.message,
      ),
    );
    if (errors.at(-1) !== undefined) break;
  }
  return errors;
}

async function holdsIn(event: NriEventName, node: TestNode): Promise<void> {
  const child = new Child([...commandOf("nri-plugin"), node.socket, event]);
  try {
    await child.line();
    const errors = await errorsOf(node);
    assert.equal((await child.ended).signal, "SIGKILL");
    if (event !== "validateContainerAdjustment")
      return assert.deepEqual(
        errors,
        life.map(() => undefined),
      );
    // A validation fails closed for this one container; the next one is not asked about.
    assert.match(errors[1] ?? "", /validator plugin 20-dying failed/);
    await node.cri.createContainer("p1", "c2");
  } finally {
    await child.kill();
  }
}

/** A plugin that dies takes no pod with it. */
export const deathChecks: readonly NodeCheck[] = events.map((event) => ({
  what: `a plugin that is killed in ${event} is gone, and pods go on`,
  ...(event === "validateContainerAdjustment" && { only: "0.12" as const }),
  holds: (node) => holdsIn(event, node),
}));
