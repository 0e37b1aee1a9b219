import { Buffer } from "node:buffer";
import { withoutEscapes } from "../../words/kernel-escapes.ts";

/** What is asked about a host. */
export interface AskedPaths {
  /** Of these, what is mounted below is asked about, too. */
  readonly sources: readonly string[];
  readonly others: readonly string[];
  /** Of these of the others it is as well. */
  readonly othersWithBelow?: readonly string[] | undefined;
}

/** A directory of the paths that are asked about. */
class Directory {
  readonly names = new Map<string, Directory>();
  /** Whether what is below is asked about, too. */
  isWithBelow = false;

  /** The directory of a path in this one. */
  within(path: string): Directory {
    let at: Directory = this;
    for (const name of Buffer.from(path).toString("latin1").split("/")) {
      if (name === "" || name === ".") continue;
      const next = at.names.get(name) ?? new Directory();
      at.names.set(name, next);
      at = next;
    }
    return at;
  }
}

/**
 * Of a mountinfo the lines of the mounts on which paths are, those above them, and those below some. A node has ten thousand mounts, and
 * each pod that starts waits for this: reading all of the lines would take several times as long.
 */
export function linesAbout(mountinfo: Buffer, { sources, others, othersWithBelow = [] }: AskedPaths): Buffer {
  // As bytes, so that any name is what the kernel has.
  const text = mountinfo.toString("latin1");
  const root = new Directory();
  for (const path of [...sources, ...othersWithBelow]) root.within(path).isWithBelow = true;
  for (const other of others) root.within(other);
  const lines: string[] = [];
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf("\n", start);
    const end = newline === -1 ? text.length : newline;
    if (isAbout(root, text, targetAt(text, start))) lines.push(text.slice(start, end));
    start = end + 1;
  }
  return Buffer.from(lines.join("\n"), "latin1");
}

// The fifth field (proc_pid_mountinfo(5)).
function targetAt(text: string, start: number): number {
  let at = start;
  for (let field = 0; field < 4; field += 1) at = text.indexOf(" ", at) + 1;
  return at;
}

/** Whether a target is a path, is above one, or is below one that is asked about with what is below. */
function isAbout(root: Directory, text: string, start: number): boolean {
  const end = text.indexOf(" ", start);
  let directory = root;
  for (let at = start + 1; at < end && !directory.isWithBelow; ) {
    const slash = text.indexOf("/", at);
    const nameEnd = slash === -1 || slash > end ? end : slash;
    // A line with an escape that is none is refused by whoever reads it.
    const name = withoutEscapes(text.slice(at, nameEnd));
    const next = name === undefined ? undefined : directory.names.get(name);
    if (next === undefined) return false;
    directory = next;
    at = nameEnd + 1;
  }
  return true;
}
