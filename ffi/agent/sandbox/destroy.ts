import { AgentError } from "../agent-error.ts";
import { type Hands, removeContainer, type Started } from "./container-life.ts";
import { isSilent } from "./runtime-agent.ts";
import { throwAll } from "./sandbox-error.ts";

/**
 * Ends all containers and the sandbox, and removes all shares in any case.
 *
 * @throws what failed.
 */
export async function destroyAll(hands: Hands, containers: () => Promise<readonly Started[]>): Promise<void> {
  const { agent, share, timeoutMs } = hands;
  const failures: unknown[] = [];
  for (const { container, process } of await containers()) {
    // Who gave one answer too few gives the others at the end of the sandbox, or none.
    if (failures.some(isSilent)) break;
    await removeContainer(hands, container, process).then(
      (removed) => failures.push(...removed.failures),
      (error) => failures.push(error),
    );
  }
  await agent.destroySandbox({ timeoutMs }).catch((error) => {
    if (!hasEnded(error)) failures.push(error);
  });
  // One by one, for a virtiofsd that still runs.
  await share.cleanup({ revoke: true }).catch((error) => failures.push(error));
  throwAll("destroy the sandbox", failures);
}

// The agent ends with this call, and may be faster than its answer.
function hasEnded(error: unknown): boolean {
  return error instanceof AgentError && error.trouble === "connection" && error.sent !== "nothing";
}
