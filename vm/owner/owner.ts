import { createHash, randomBytes } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { kill, pid } from "node:process";
import { type ProcessStat, readProcessStat } from "../../words/process-stat.ts";

/** Whether the process that a name is of lives; "unknown" where that cannot be seen from here. */
export type OwnerState = "alive" | "dead" | "unknown";

/** What a name says of its process. */
export interface Owner {
  readonly process: number;
  readonly state: OwnerState;
}

/**
 * The end of a name in a directory that others use, too: which process made it. It has the process's number, when that one started, which
 * numbers those are, since they are given out again, and something random. It is short: a socket's path has at most 107 bytes.
 */
export function ownerName(): string {
  const random = randomBytes(3).toString("hex");
  return [pid, statOf(pid).started.toString(36), hereName(), random].join("-");
}

/** Who is named by the end of a name; undefined where it is none of ours. */
export function ownerOf(name: string): Owner | undefined {
  const [, process, started = "", here] = nameForm.exec(name) ?? [];
  if (process === undefined) return undefined;
  const state = here === hereName() ? stateOf(Number(process), Number.parseInt(started, 36)) : "unknown";
  return { process: Number(process), state };
}

const nameForm = /-(\d{1,10})-([0-9a-z]{1,12})-([0-9a-f]{8})-[0-9a-f]{6}$/;

function stateOf(process: number, started: number): OwnerState {
  if (!isThere(process)) return "dead";
  try {
    const now = statOf(process);
    return now.started === started && !now.hasEnded ? "alive" : "dead";
  } catch {
    return isThere(process) ? "unknown" : "dead";
  }
}

// Where /proc hides other users' processes, a signal tells that there is one.
function isThere(process: number): boolean {
  try {
    return kill(process, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

function statOf(process: number): ProcessStat {
  return readProcessStat(readFileSync(`/proc/${process}/stat`, "latin1"));
}

// Which numbers of processes those are: of this namespace, and this boot of this kernel. A directory may be another machine's, too, with
// which it is shared. Where a container hides the boot, nobody ever says that again.
function hereName(): string {
  const hash = createHash("sha256").update(readlinkSync("/proc/self/ns/pid") + bootId());
  return hash.digest("hex").slice(0, 8);
}

const BOOT_ID = "/proc/sys/kernel/random/boot_id";

// A container may have a file of its own there.
function bootId(): string {
  try {
    const isHidden = readFileSync("/proc/self/mountinfo", "latin1").includes(` ${BOOT_ID} `);
    if (!isHidden) return readFileSync(BOOT_ID, "latin1");
  } catch {
    // it has none
  }
  return randomBytes(8).toString("hex");
}
