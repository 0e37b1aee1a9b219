import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { env } from "node:process";
import { MonitorProcess, processorMsOf } from "../monitored.ts";
import type { TestNode } from "../node.ts";

/** How many pods are started in each way. */
const PODS = Number(env.GUESTSHARE_COST ?? 200);
const IN_A_GROUP = 20;
// The first ones of a new process are slower, whatever it does.
const UNMEASURED = 3;
const VOLUMES = 5;

/** Rules of each kind: none of these pods breaks any. */
const rules = {
  refuse: {
    hostRoot: true,
    kernelFilesystems: true,
    runtimeSockets: true,
    paths: ["/etc/kubernetes", "/etc/shadow"],
  },
  readOnly: ["/usr", "/etc"],
  maxMounts: 100,
};

/** Who is asked about pods while they start. */
interface Asked extends AsyncDisposable {
  /** The milliseconds that it has had of the processors. */
  processorMs(): number;
}

const nobody: Asked = { processorMs: () => 0, [Symbol.asyncDispose]: async () => {} };

const ways: Readonly<Record<string, (node: TestNode) => Promise<Asked>>> = {
  "no plugin": async () => nobody,
  async "a plugin that does nothing"(node) {
    const nothing = { validateContainerAdjustment: () => undefined, startContainer: () => undefined };
    const plugin = await node.connect(nothing);
    return { processorMs: () => 0, [Symbol.asyncDispose]: () => plugin.close() };
  },
  async "the monitor with its gate"(node) {
    const monitor = await MonitorProcess.start(node, { rules });
    return {
      processorMs: () => processorMsOf(monitor.pid),
      [Symbol.asyncDispose]: () => monitor[Symbol.asyncDispose](),
    };
  },
};

/** What was seen of one way. */
interface Seen {
  readonly startMs: number[];
  processorMs: number;
}

/**
 * What a gate adds to the start of a pod with a container: median and 99th percentile, as ratios of those without a plugin. Groups of pods
 * are started in turns with each of them, one pod after the other, so that whatever else the machine does is in all alike.
 */
export async function costOfGate(node: TestNode): Promise<string[]> {
  const seen = Object.keys(ways).map((name): [string, Seen] => [name, { startMs: [], processorMs: 0 }]);
  for (let group = 0; group < Math.ceil(PODS / IN_A_GROUP); group += 1) {
    // Another one begins in each round.
    for (const [i] of seen.entries()) {
      const [name, one] = seen[(group + i) % seen.length] as [string, Seen];
      await using asked = await (ways[name] as (node: TestNode) => Promise<Asked>)(node);
      await startGroup(node, asked, one);
      await node.cri.removeAll();
    }
  }
  const none = seen[0]?.[1].startMs ?? [];
  return seen.map(([name, { startMs, processorMs }]) => {
    const ratio = (share: number) => (quantile(startMs, share) / quantile(none, share)).toFixed(3);
    const processor =
      processorMs === 0 ? "" : `, ${(processorMs / startMs.length).toFixed(1)} ms of a processor for each`;
    const wall = `${quantile(startMs, 0.5).toFixed(0)} and ${quantile(startMs, 0.99).toFixed(0)} ms`;
    return `${startMs.length} pods with ${name}: median ${ratio(0.5)}, 99th percentile ${ratio(0.99)} (${wall}${processor})`;
  });
}

async function startGroup(node: TestNode, asked: Asked, seen: Seen): Promise<void> {
  const mounts = Array.from({ length: VOLUMES }, (_, i) => {
    const path = join(node.directory, `volume-${i}`);
    mkdirSync(path, { recursive: true });
    return { host_path: path, container_path: `/volumes/${i}`, readonly: true };
  });
  let before = 0;
  for (let i = 0; i < UNMEASURED + IN_A_GROUP; i += 1) {
    if (i === UNMEASURED) before = asked.processorMs();
    const begin = performance.now();
    await node.cri.runWithContainer(`cost-${i}`, { mounts });
    if (i >= UNMEASURED) seen.startMs.push(performance.now() - begin);
  }
  seen.processorMs += asked.processorMs() - before;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
