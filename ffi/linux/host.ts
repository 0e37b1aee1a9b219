import type { Guards } from "./guard.ts";
import { Homes } from "./homes.ts";
import type { Libc } from "./libc.ts";
import type { Machine } from "./machine.ts";
import { Sources } from "./source.ts";
import { Suspects } from "./suspects.ts";
import { Syscalls } from "./syscalls.ts";

/** This machine: its calls, its mounts, the guards among them, what may be shared of it, and which sandboxes live here. */
export interface Host extends Machine {
  readonly guards: Guards;
  readonly sources: Sources;
  readonly suspects: Suspects;
  readonly homes: Homes;
}

/** The machine that a way to libc leads to. */
export function hostOf(libc: Libc): Host {
  const sys = new Syscalls(libc);
  const sources = new Sources(sys);
  const { table, guards } = sources;
  return { sys, table, guards, sources, suspects: new Suspects(sys, table), homes: new Homes(sys, table) };
}
