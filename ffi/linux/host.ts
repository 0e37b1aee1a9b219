import type { Guards } from "./guards.ts";
import { Homes } from "./homes.ts";
import type { Libc } from "./libc.ts";
import type { MountTable } from "./mount-table.ts";
import { Sources } from "./source.ts";
import { Syscalls } from "./syscalls.ts";

/** This machine: its calls, its mounts, the guards among them, what may be shared of it, and which sandboxes live here. */
export interface Host {
  readonly sys: Syscalls;
  readonly table: MountTable;
  readonly guards: Guards;
  readonly sources: Sources;
  readonly homes: Homes;
}

/** The machine that a way to libc leads to. */
export function hostOf(libc: Libc): Host {
  const sys = new Syscalls(libc);
  const sources = new Sources(sys);
  return { sys, table: sources.table, guards: sources.guards, sources, homes: new Homes(sys, sources.table) };
}
