import type { FindingCode } from "../../table/mod.ts";
import type { LookedSandbox } from "../places/protocol.ts";
import type { NodeNews } from "./node-event.ts";
import { SandboxChanges } from "./sandbox-changes.ts";
import type { NodeCounts, NodePod, NodeSandbox, RemovedCounts, SandboxState } from "./status.ts";

/** The sandboxes as the last look found them, and what was removed since the start. */
export class KnownSandboxes {
  readonly #changes = new SandboxChanges();
  #sandboxes: readonly LookedSandbox[] = [];
  #removed = { sandboxes: 0, mounts: 0, failures: 0 };

  /** Takes what a look has found; gives what is new. */
  *take(looked: readonly LookedSandbox[]): Generator<NodeNews> {
    this.#sandboxes = looked.filter(({ isRemoved }) => !isRemoved);
    for (const { id, directory, mounts, isRemoved, why } of looked) {
      if (isRemoved) {
        this.#removed.sandboxes += 1;
        this.#removed.mounts += mounts;
        yield { kind: "removed", id, directory, mounts, ...(why !== undefined && { why }) };
      } else if (why !== undefined) {
        this.#removed.failures += 1;
        yield { kind: "not-removed", id, directory, mounts, why };
      }
    }
    yield* this.#changes.since(looked);
  }

  /** All that the last look has found, as news. */
  now(): Iterable<NodeNews> {
    return this.#changes.now();
  }

  get removed(): RemovedCounts {
    return { ...this.#removed };
  }

  /** Each with its pod. */
  list(podOf: (id: string) => NodePod | undefined): NodeSandbox[] {
    return this.#sandboxes.map(({ isRemoved: _, why: __, codes, ...sandbox }) => {
      const pod = podOf(sandbox.id);
      const findingCount = Object.values(codes).reduce((sum, count) => sum + count, 0);
      return { ...sandbox, findingCount, ...(pod && { pod }) };
    });
  }

  /** All of them in numbers. */
  counts(): NodeCounts {
    const sandboxes: Record<SandboxState, number> = { living: 0, dead: 0, unknown: 0 };
    const findings: Partial<Record<FindingCode, number>> = {};
    let [mounts, leakedMounts] = [0, 0];
    for (const one of this.#sandboxes) {
      sandboxes[one.state] += 1;
      mounts += one.mounts;
      if (one.state === "dead") leakedMounts += one.mounts;
      for (const [code, count] of Object.entries(one.codes) as [FindingCode, number][])
        findings[code] = (findings[code] ?? 0) + count;
    }
    return { sandboxes, mounts, leakedMounts, findings };
  }
}
