import type { GateFinding } from "./finding.ts";

// Of containers that were judged and never started, so many are remembered.
const MOST_CONTAINERS = 1000;

/** What was told of containers in a trial, so that it is not told twice. */
export class ToldFindings {
  readonly #keys = new Map<string, ReadonlySet<string>>();

  add(container: string, findings: readonly GateFinding[]): void {
    const [oldest] = this.#keys.keys();
    if (this.#keys.size >= MOST_CONTAINERS && oldest !== undefined) this.#keys.delete(oldest);
    this.#keys.set(container, new Set(findings.map(keyOf)));
  }

  /** The findings of a container that were not told; it is forgotten. */
  without(container: string, findings: readonly GateFinding[]): GateFinding[] {
    const told = this.#keys.get(container);
    this.#keys.delete(container);
    return told ? findings.filter((finding) => !told.has(keyOf(finding))) : [...findings];
  }
}

// By what stays the same when the mounts are sorted anew.
function keyOf({ code, destination, source }: GateFinding): string {
  return JSON.stringify([code, destination, source]);
}
