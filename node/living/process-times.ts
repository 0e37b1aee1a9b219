import { readFileSync, readlinkSync } from "node:fs";
import { readProcessStat } from "../../words/process-stat.ts";

/** When a process started, in ticks since the boot: another one may have its number later. Undefined for one that is not there. */
export type StartedAt = (process: number) => number | undefined;

/**
 * Sees the processes of a runtime by the runtime's own numbers; undefined where this process is in another namespace of processes, or the
 * runtime's number is not known.
 */
export function processesOf(runtime: number | undefined): StartedAt | undefined {
  const isSame = runtime !== undefined && namespaceOf(runtime) === namespaceOf("self");
  return isSame ? startedAt : undefined;
}

function startedAt(process: number): number | undefined {
  const text = unlessGone(() => readFileSync(`/proc/${process}/stat`, "latin1"));
  if (text === undefined) return undefined;
  const { started, hasEnded } = readProcessStat(text);
  return hasEnded ? undefined : started;
}

function namespaceOf(process: number | "self"): string | undefined {
  return unlessGone(() => readlinkSync(`/proc/${process}/ns/pid`));
}

function unlessGone<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
