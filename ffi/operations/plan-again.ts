import type { Container, HeldShare, Plan } from "../../mod.ts";
import { withFacts } from "../facts.ts";
import { NotAtHand } from "../linux/cached-source.ts";
import type { Host } from "../linux/host.ts";
import type { KeptSources } from "../linux/kept-sources.ts";
import { SyscallError } from "../linux/syscall-error.ts";
import type { Performer } from "../performer.ts";

/** A plan that was made before the lock, and how the same is planned with other facts. */
export interface PlannedBefore<P extends Plan> {
  readonly plan: P;
  /** The container whose sources were looked at, as it was given. */
  readonly container: Container;
  /** The same with the facts that were found. */
  readonly known: Container;
  /** The sources that stayed open. */
  readonly kept?: KeptSources | undefined;
  planWith(facts: Container, held: HeldShare[]): P;
  /** What a refusal of this plan is to the caller. */
  failureOf(error: unknown): unknown;
}

/** How long facts are fresh: a call that waits longer for the lock finds them out again. */
export const FRESH_MS = 100;

/**
 * The plan once the lock is held: the plan from before, unless the known facts are stale, or the hub has shares of the same
 * sources. Then it is made again.
 */
export function planAgain<P extends Plan>(
  performer: Performer,
  host: Host,
  { plan, container, known, kept, planWith, failureOf }: PlannedBefore<P>,
): () => Promise<P> {
  const sinceMs = performance.now();
  return async () => {
    const isStale = performance.now() - sinceMs >= FRESH_MS;
    const facts = isStale ? await freshFacts(host, container, known, kept) : known;
    const held = await performer.hubSharesLike(host, plan.directory, () => identitiesOf(facts));
    if (held.length === 0 && !isStale) return plan;
    try {
      return planWith(facts, held);
    } catch (error) {
      throw failureOf(error);
    }
  };
}

// A source's path may lead to another file by now. No server is asked under the lock, so facts that cannot be found out again stay
// as they are.
async function freshFacts(
  host: Host,
  container: Container,
  known: Container,
  kept: KeptSources | undefined,
): Promise<Container> {
  kept?.clear();
  try {
    return await withFacts(host, container, { kept });
  } catch (error) {
    if (error instanceof NotAtHand || error instanceof SyscallError) return known;
    throw error;
  }
}

/** What the sources of a container's mounts are, as far as facts tell. */
export function identitiesOf({ mounts = [] }: Pick<Container, "mounts">): ReadonlySet<string> {
  const identities = new Set<string>();
  for (const { facts } of mounts) if (facts?.identity !== undefined) identities.add(facts.identity);
  return identities;
}
