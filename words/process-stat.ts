/** What /proc/<pid>/stat says of a process (proc_pid_stat(5)). */
export interface ProcessStat {
  /** One character, such as "S". */
  readonly state: string;
  /** The number of its parent. */
  readonly parent: number;
  /** When it started, in ticks since the boot: another process may have its number later. */
  readonly started: number;
  /** Whether no thread of it goes on: then it is there only until its parent has asked for its status. */
  readonly hasEnded: boolean;
}

// A zombie, and what is about to be none.
const ENDED = ["Z", "X", "x"];

/** Reads it. A process whose first thread has ended is a zombie, too, while its other threads go on. */
export function readProcessStat(text: string): ProcessStat {
  // The second field is a name in parentheses, which may have any character. These are the fields from the third on.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const state = fields[0] ?? "";
  const threads = Number(fields[17]);
  return {
    state,
    parent: Number(fields[1]),
    started: Number(fields[19]),
    hasEnded: ENDED.includes(state) && !(threads > 1),
  };
}
