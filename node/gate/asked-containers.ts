import { createHash } from "node:crypto";
import type { GateFinding } from "./finding.ts";

// Of containers that were judged and never started, so many are remembered.
const MOST_CONTAINERS = 1000;
// Those of runtimes have 64 characters.
const LONGEST_ID = 255;

/** The containers that a runtime has asked about, and that are not started yet. */
export class AskedContainers {
  readonly #told = new Map<string, ReadonlySet<string>>();

  /** A container was asked about, and this was told of it. */
  add(container: string, told: readonly GateFinding[]): void {
    if (container.length > LONGEST_ID) return;
    const [oldest] = this.#told.keys();
    if (this.#told.size >= MOST_CONTAINERS && oldest !== undefined) this.#told.delete(oldest);
    this.#told.set(container, new Set(told.map(keyOf)));
  }

  /** Of the findings of a container that starts those that were not told; undefined if nobody has asked about it. */
  untold(container: string, findings: readonly GateFinding[]): GateFinding[] | undefined {
    const told = this.#told.get(container);
    this.#told.delete(container);
    return told && findings.filter((finding) => !told.has(keyOf(finding)));
  }
}

// By what stays the same when the mounts are sorted anew. Sources of strangers are not kept.
function keyOf({ code, destination, source }: GateFinding): string {
  const key = JSON.stringify([code, destination, source]);
  return createHash("sha256").update(key).digest("base64url");
}
