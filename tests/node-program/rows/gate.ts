import assert from "node:assert/strict";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import type { NriEventName } from "../../../ffi/nri/events.ts";
import { Child } from "../../support/child.ts";
import { commandOf } from "../../support/runtimes.ts";
import type { NodeCheck } from "../check.ts";
import { MonitorProcess } from "../monitored.ts";
import type { TestNode } from "../node.ts";

const isAway = /required plugin "guestshare" not present/;

async function errorOf(call: Promise<void>): Promise<string> {
  return call.then(
    () => "none",
    (error: Error) => error.message,
  );
}

/** Sources that the rules refuse, and what crictl prints of the reason. */
function refusedSources({ directory }: TestNode): [source: string, reason: RegExp][] {
  symlinkSync("/", join(directory, "link"));
  return [
    ["/", /container\.mounts\[\d+\].*refuse\.hostRoot/],
    ["/run", /container\.mounts\[\d+\].*refuse\.runtimeSockets/],
    [join(directory, "link"), /container\.mounts\[\d+\].*refuse\.hostRoot/],
    ["/tmp/..", /container\.mounts\[\d+\].*refuse\.hostRoot/],
  ];
}

async function refuses(node: TestNode): Promise<void> {
  await using monitor = await MonitorProcess.start(node);
  const { cri } = node;
  await cri.runPod("p1");
  const mount = (source: string) => ({
    mounts: [{ host_path: source, container_path: "/host", readonly: true }],
  });
  await cri.createContainer("p1", "fine", undefined, mount(join(node.directory, "plugins")));
  for (const [source, reason] of refusedSources(node)) {
    const error = await errorOf(cri.createContainer("p1", "bad", undefined, mount(source)));
    assert.match(error, /validator "90-guestshare" rejected container adjustment, reason: /, source);
    assert.match(error, reason, source);
  }
  const { gate } = await monitor.status();
  assert.deepEqual([gate?.judged, gate?.refused], [5, 4]);
}

/** Runtimes without a validation ask at the start for the first time. */
async function refusesAtTheStart(node: TestNode): Promise<void> {
  await using monitor = await MonitorProcess.start(node);
  const { cri } = node;
  await cri.runPod("p1");
  await cri.createContainer("p1", "bad", undefined, {
    mounts: [{ host_path: "/", container_path: "/host" }],
  });
  const error = await errorOf(cri.startContainer("bad"));
  assert.match(
    error,
    /code = PermissionDenied desc = NRI container start failed: .*container\.mounts\[\d+\]/,
  );
  const { status } = await cri.inspect("bad");
  assert.deepEqual([status.state, status.reason], ["CONTAINER_EXITED", "StartError"]);
  const { living, gate } = await monitor.status();
  assert.deepEqual(living.runtime?.missing, ["validateContainerAdjustment"]);
  assert.deepEqual([gate?.judged, gate?.refused], [1, 1]);
}

async function refusesWhileAway(node: TestNode): Promise<void> {
  const { cri } = node;
  await cri.runPod("p1");
  assert.match(await errorOf(cri.createContainer("p1", "c1")), isAway);
  const monitor = await MonitorProcess.start(node);
  await cri.createContainer("p1", "c1");
  await monitor.kill();
  // At a start no validator is asked: what was judged before goes on.
  await cri.startContainer("c1");
  assert.match(await errorOf(cri.createContainer("p1", "c2")), isAway);
  await using _ = await MonitorProcess.start(node);
  await cri.createContainer("p1", "c2");
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
    holds: refuses,
  },
  {
    what: "a gate without a validation refuses at the start, and says so",
    only: "0.8",
    holds: refusesAtTheStart,
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
