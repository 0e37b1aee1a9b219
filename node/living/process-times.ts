import { readFileSync, readlinkSync } from "node:fs";

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
  // The name, in parentheses, may have any character (proc_pid_stat(5), fields 3 and 22).
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" || fields[0] === "X" ? undefined : Number(fields[19]);
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
