import type { AgentCallOptions } from "../agent.ts";
import { AgentError } from "../agent-error.ts";
import { otherProcessOf, type ProcessInit } from "../spec/process-part.ts";
import { type Hands, SIGKILL } from "./container-life.ts";
import { GuestProcess } from "./guest-process.ts";
import { known, knownAt, type ProcessName } from "./processes-in-use.ts";

interface Place extends ProcessName {
  readonly isTerminal: boolean;
  readonly isElsewhere?: boolean;
}

/** How long the end of a process may take whose start was given up, at most. */
const UNDO_MS = 10_000;

/** A process that runs already: the one that is in use, or one that is read from its first use on. */
export function runningAt(hands: Hands, place: Place): GuestProcess {
  return knownAt(hands, place) ?? execIn(hands, { ...place, isElsewhere: true });
}

/** A process that is read from its start on. Others in its container take from `own` what they do not say. */
export function execIn(hands: Hands, place: Place, own: ProcessInit = {}): GuestProcess {
  const { containerId, isElsewhere = false } = place;
  const { agent, timeoutMs } = hands;
  const exec = async (process: ProcessInit, options: AgentCallOptions): Promise<GuestProcess> => {
    const merged = otherProcessOf(process, own);
    const started = { containerId, execId: randomId(), isTerminal: merged.terminal ?? false };
    try {
      const request = { containerId, execId: started.execId, process: merged };
      await agent.execProcess(request, { timeoutMs, ...options });
    } catch (error) {
      if (mayRun(error)) await kill(hands, started);
      throw error;
    }
    return execIn(hands, started, own);
  };
  const process = { ...place, agent, timeoutMs, isElsewhere, exec };
  return known(hands, place, (forget) => new GuestProcess({ ...process, forget }));
}

// Whether the agent may have started it though it gave no answer.
function mayRun(error: unknown): boolean {
  return error instanceof AgentError && error.trouble !== "status" && error.sent !== "nothing";
}

// Nobody has its id, so nobody else could end it.
async function kill(hands: Hands, place: Place): Promise<void> {
  const { timeoutMs = UNDO_MS } = hands;
  const { containerId, execId } = place;
  const call = { containerId, execId, signal: SIGKILL };
  const options = { timeoutMs: Math.min(timeoutMs, UNDO_MS) };
  await hands.agent.signalProcess(call, options).then(
    () => execIn(hands, place).settle(options.timeoutMs),
    () => {},
  );
}

// No other process, and no other runtime of the sandbox, has it.
function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return `exec-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
