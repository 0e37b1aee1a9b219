import type { LookedSandbox } from "../places/protocol.ts";
import type { NodeNews } from "./node-event.ts";
import type { NodeFinding } from "./status.ts";

interface Seen extends Pick<LookedSandbox, "id" | "state" | "reason"> {
  readonly findings: ReadonlyMap<string, NodeFinding>;
}

/** What has changed from one look at the sandboxes to the next. */
export class SandboxChanges {
  #seen = new Map<string, Seen>();

  /** All that is so now, as if nobody had heard of it. */
  now(): Iterable<NodeNews> {
    return newsOf(this.#seen);
  }

  /** What is new since the look before. */
  *since(sandboxes: readonly LookedSandbox[]): Generator<NodeNews> {
    const now = new Map<string, Seen>();
    for (const { id, directory, state, reason, findings, isRemoved } of sandboxes) {
      if (isRemoved) continue;
      const before = this.#seen.get(directory);
      const found = new Map(findings.map((one) => [`${one.code} ${one.target}`, one]));
      now.set(directory, { id, state, reason, findings: found });
      if (before?.state !== state || before.reason !== reason)
        yield { kind: "sandbox", id, directory, state, reason };
      yield* changed(id, directory, before?.findings ?? new Map(), found);
    }
    for (const [directory, { id }] of this.#seen)
      if (!now.has(directory)) yield { kind: "sandbox", id, directory, state: "gone" };
    this.#seen = now;
  }
}

function* newsOf(seen: ReadonlyMap<string, Seen>): Generator<NodeNews> {
  for (const [directory, { id, state, reason, findings }] of seen) {
    yield { kind: "sandbox", id, directory, state, reason };
    yield* changed(id, directory, new Map(), findings);
  }
}

function* changed(
  id: string,
  directory: string,
  before: ReadonlyMap<string, NodeFinding>,
  now: ReadonlyMap<string, NodeFinding>,
): Generator<NodeNews> {
  for (const [key, finding] of now)
    if (!before.has(key)) yield { kind: "finding", id, directory, ...finding };
  for (const [key, finding] of before)
    if (!now.has(key)) yield { kind: "finding-gone", id, directory, ...finding };
}
