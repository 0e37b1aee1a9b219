import type { Container, HeldShare, Plan } from "../../mod.ts";
import { withFreshFacts } from "../facts.ts";
import type { Host } from "../linux/host.ts";
import type { Performer } from "../performer.ts";

/** A plan that was made before the lock, and how the same is planned with other facts. */
export interface PlannedBefore<P extends Plan> {
  readonly plan: P;
  /** The container whose sources were looked at, as it was given. */
  readonly container: Container;
  /** The same with the facts that were found. */
  readonly known: Container;
  planWith(facts: Container, held: HeldShare[]): P;
  /** What a refusal of this plan is to the caller. */
  failureOf(error: unknown): unknown;
}

/**
 * The plan once the lock is held: the plan from before, unless the hub has shares. Then it is made again, with them, and with new
 * facts where the known ones are stale.
 */
export function planAgain<P extends Plan>(
  performer: Performer,
  host: Host,
  { plan, container, known, planWith, failureOf }: PlannedBefore<P>,
): () => Promise<P> {
  const sinceMs = performance.now();
  return async () => {
    const held = await performer.hubShares(host, plan.directory);
    if (held.length === 0) return plan;
    const facts = await withFreshFacts(host, container, { known, sinceMs });
    try {
      return planWith(facts, held);
    } catch (error) {
      throw failureOf(error);
    }
  };
}
