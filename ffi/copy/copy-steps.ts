import type { CopyStep, Plan } from "../../mod.ts";
import type { Agent } from "../agent/agent.ts";
import type { Host } from "../linux/host.ts";
import { copyTree } from "./copy-tree.ts";
import type { CopyResult } from "./ledger.ts";

/** Is called after each step that was copied. */
export type OnCopied = (step: CopyStep, result: CopyResult) => void;

/** The steps of a plan that copy. */
export function copyStepsOf({ steps }: Plan): CopyStep[] {
  return steps.filter((step) => step.op === "copy");
}

/**
 * Copies what the steps say into the guest, one after the other. No lock is held: nothing of the sandbox on this host is
 * touched.
 *
 * @throws {CopyError} of the first one that fails. What arrived before stays: the agent has no call to remove it.
 */
export async function copySteps(
  host: Host,
  steps: readonly CopyStep[],
  agent: Agent,
  onCopied: OnCopied,
): Promise<void> {
  for (const step of steps) onCopied(step, await copyTree(host, step.source, step.guestPath, agent));
}
