import type { Guards } from "./guard.ts";
import type { Libc } from "./libc.ts";
import type { Machine } from "./machine.ts";
import { SandboxNamespaces } from "./sandbox-namespaces.ts";
import { Sources } from "./source.ts";
import { Suspects } from "./suspect-mounts.ts";
import { Syscalls } from "./syscalls.ts";

/** This machine: its calls, its mounts, the guards among them, what may be shared of it, and which sandboxes live here. */
export interface Host extends Machine {
  readonly guards: Guards;
  readonly sources: Sources;
  readonly suspects: Suspects;
  readonly namespaces: SandboxNamespaces;
}

/** The machine that a way to libc leads to. */
export function hostOf(libc: Libc): Host {
  const sys = new Syscalls(libc);
  const sources = new Sources(sys);
  const { table, guards } = sources;
  return {
    sys,
    table,
    guards,
    sources,
    suspects: new Suspects(sys, table),
    namespaces: new SandboxNamespaces(sys, table),
  };
}
