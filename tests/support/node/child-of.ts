import { readdirSync, readFileSync } from "node:fs";

/** The child of a monitor's process that looks for it. */
export function childOf(process: number): number {
  const found = readdirSync("/proc").filter(
    (name) => /^\d+$/.test(name) && parentOf(name) === process && commandOf(name).includes("/looking."),
  );
  if (found.length !== 1) throw new Error(`Cannot find the child of ${process}: there are ${found.length}`);
  return Number(found[0]);
}

/** Whether a process is there, and has not ended. */
export function isThere(process: number): boolean {
  return parentOf(String(process)) !== undefined;
}

function parentOf(name: string): number | undefined {
  try {
    const text = readFileSync(`/proc/${name}/stat`, "latin1");
    const [state, parent] = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return state === "Z" ? undefined : Number(parent);
  } catch {
    return undefined;
  }
}

function commandOf(name: string): string {
  try {
    return readFileSync(`/proc/${name}/cmdline`, "latin1");
  } catch {
    return "";
  }
}
