import { AgentError } from "../agent-error.ts";
import { type Hands, removeContainer, type Started } from "./container-life.ts";
import { isSilent } from "./runtime-agent.ts";
import { throwAll } from "./sandbox-error.ts";

/** How far the end of a sandbox came. */
export interface Ending {
  /** Whether the agent destroyed it, and is asked nothing more. */
  isAgentDone: boolean;
}

/**
 * Ends all containers and the sandbox, and removes all shares in any case. Called again, it does what was not done.
 *
 * @throws what failed.
 */
export async function destroyAll(
  hands: Hands,
  containers: readonly Started[],
  ending: Ending,
): Promise<void> {
  const failures: unknown[] = [];
  if (!ending.isAgentDone) await endAgent(hands, containers, { ending, failures });
  // One by one, for a virtiofsd that still runs.
  await hands.share.cleanup({ revoke: true }).catch((error) => failures.push(error));
  throwAll("destroy the sandbox", failures);
}

interface Course {
  readonly ending: Ending;
  readonly failures: unknown[];
}

async function endAgent(
  hands: Hands,
  containers: readonly Started[],
  { ending, failures }: Course,
): Promise<void> {
  const { agent, timeoutMs } = hands;
  for (const { container, process } of containers) {
    // Who gave one answer too few gives the others at the end of the sandbox, or none.
    if (failures.some(isSilent)) break;
    await removeContainer(hands, container, { process }).then(
      (removed) => failures.push(...removed.failures),
      (error) => failures.push(error),
    );
  }
  const failure = await agent.destroySandbox({ timeoutMs }).then(
    () => undefined,
    (error) => error,
  );
  ending.isAgentDone = failure === undefined || hasEnded(failure);
  if (!ending.isAgentDone) failures.push(failure);
}

// The agent ends with this call, and may be faster than its answer.
function hasEnded(error: unknown): boolean {
  return error instanceof AgentError && error.trouble === "connection" && error.sent !== "nothing";
}
