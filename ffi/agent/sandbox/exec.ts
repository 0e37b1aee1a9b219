import { readJson } from "../../../input/json.ts";
import { Reader } from "../../../input/reader.ts";
import type { Container } from "../../../mod.ts";
import { processOf } from "../spec/process-part.ts";
import type { Hands } from "./container-life.ts";
import { GuestProcess, type ProcessInit } from "./guest-process.ts";

interface Place {
  readonly containerId: string;
  readonly execId: string;
  readonly isTerminal: boolean;
}

/** The first process of a container that was started, from which others take what they do not say. */
export function firstProcessOf(hands: Hands, { id }: Container, config: string | object): GuestProcess {
  const own = processOf(readJson("config.json", config).needed("process"), []);
  return execIn(hands, { containerId: id, execId: id, isTerminal: own.terminal ?? false }, own);
}

/** A process by its ids. Others in its container take from `own` what they do not say. */
export function execIn(hands: Hands, place: Place, own: ProcessInit = {}): GuestProcess {
  const { agent, timeoutMs } = hands;
  const exec = async (process: ProcessInit): Promise<GuestProcess> => {
    const { terminal: _, args: __, ...rest } = own;
    const merged = processOf(new Reader("config.json", { ...rest, ...process }, "process"), []);
    const { containerId } = place;
    const execId = randomId();
    await agent.execProcess({ containerId, execId, process: merged }, { timeoutMs });
    return execIn(hands, { containerId, execId, isTerminal: merged.terminal ?? false }, own);
  };
  return new GuestProcess({ agent, timeoutMs, exec, ...place });
}

// No other process, and no other runtime of the sandbox, has it.
function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return `exec-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
