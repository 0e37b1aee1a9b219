import assert from "node:assert/strict";
import type { NriEventName } from "../../../ffi/nri/events.ts";
import type { NriHandlers } from "../../../ffi/nri/handlers.ts";
import { Child } from "../../support/child.ts";
import { commandOf } from "../../support/runtimes.ts";
import type { NodeCheck } from "../check.ts";
import type { TestNode } from "../node.ts";

// A stand-in for a gate, as a plugin of few lines has it: by the name that deploy/containerd-gate.toml requires.
const gate: NriHandlers = {
  validateContainerAdjustment({ container }) {
    const at = container.mounts.findIndex(({ source }) => source === "/");
    return at < 0 ? undefined : { reject: true, reason: `mounts[${at}].source is the host's root` };
  },
};
const guestshare = { name: "guestshare", index: "90" };
const hostRoot = { mounts: [{ host_path: "/", container_path: "/host", readonly: true }] };
const isAway = /required plugin "guestshare" not present/;

async function errorOf(call: Promise<void>): Promise<string> {
  return call.then(
    () => "none",
    (error: Error) => error.message,
  );
}

async function refusesTheRoot(node: TestNode): Promise<void> {
  await using _ = await node.connect(gate, guestshare);
  const { cri } = node;
  await cri.runPod("p1");
  await cri.createContainer("p1", "fine");
  const error = await errorOf(cri.createContainer("p1", "bad", undefined, hostRoot));
  assert.match(
    error,
    /validator "90-guestshare" rejected container adjustment, reason: mounts\[\d+\]\.source is the host's root/,
  );
}

async function refusesWhileAway(node: TestNode): Promise<void> {
  const { cri } = node;
  await cri.runPod("p1");
  assert.match(await errorOf(cri.createContainer("p1", "c1")), isAway);
  const present = await node.connect(gate, guestshare);
  await cri.createContainer("p1", "c1");
  await present.close();
  // What was created before is started: no gate is asked then.
  await cri.startContainer("c1");
  assert.match(await errorOf(cri.createContainer("p1", "c2")), isAway);
}

async function closedAfter(event: NriEventName, { socket, cri }: TestNode): Promise<void> {
  const other = event === "validateContainerAdjustment" ? "createContainer" : "validateContainerAdjustment";
  const child = new Child([...commandOf("nri-plugin"), socket, event, "guestshare", other]);
  try {
    await child.line();
    const errors = [await errorOf(cri.runPod("p1")), await errorOf(cri.createContainer("p1", "c1"))];
    if (errors[1] === "none") {
      await cri.startContainer("c1");
      await cri.removePodByForce("p1");
    }
    assert.equal((await child.ended).signal, "SIGKILL");
    if (/createContainer|validate/.test(event)) assert.match(errors[1] ?? "", /guestshare/);
    await cri.runPod("p2");
    assert.match(await errorOf(cri.createContainer("p2", "c2")), isAway);
  } finally {
    await child.kill();
  }
}

const events: readonly NriEventName[] = [
  ...(["runPodSandbox", "createContainer", "validateContainerAdjustment", "postCreateContainer"] as const),
  ...(["startContainer", "postStartContainer", "stopContainer", "removeContainer"] as const),
  ...(["stopPodSandbox", "removePodSandbox"] as const),
];
const onlyWithValidation = { only: "0.12", requiresGate: true } as const;

/** What containerd does with the configuration in deploy/ while the gate is there, is away, and dies. */
export const gateChecks: readonly NodeCheck[] = [
  {
    what: "the reason of a gate's refusal is read in the error of CRI's client",
    only: "0.12",
    holds: refusesTheRoot,
  },
  {
    ...onlyWithValidation,
    what: "while the gate is away pods run, and no container is created",
    holds: refusesWhileAway,
  },
  ...events.map((event) => ({
    ...onlyWithValidation,
    what: `a gate that is killed in ${event} leaves no container unjudged`,
    holds: (node: TestNode) => closedAfter(event, node),
  })),
];
