import type { MountTable } from "./mount-table.ts";
import type { Syscalls } from "./syscalls.ts";

/** The system calls of this machine, and its mounts. */
export interface Machine {
  readonly sys: Syscalls;
  readonly table: MountTable;
}
