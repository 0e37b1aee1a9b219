import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { mount } from "../mounts.ts";
import { libc } from "../runtimes.ts";
import { random, type Scratch } from "../scratch.ts";

// What a killed process, or an older one, may have left of each part.
const parts = {
  guard: ["none", "bindable", "unbindable"],
  mounts: ["none", "directory", "hub"],
  shared: ["none", "directory", "view"],
  placeholder: ["none", "file", "directory"],
  stray: ["none", "beside", "in the hub"],
} as const;
/** A sandbox's directory as it may be found, part by part. */
export type Half = { [Part in keyof typeof parts]: (typeof parts)[Part][number] };

/** All states that are possible. */
export function halves(): Half[] {
  return [...combinations()].filter(isPossible);
}

function* combinations(): Generator<Half> {
  for (const guard of parts.guard)
    for (const mounts of parts.mounts)
      for (const shared of parts.shared)
        for (const placeholder of parts.placeholder)
          for (const stray of parts.stray) yield { guard, mounts, shared, placeholder, stray };
}

// A view is a copy of a hub, and placeholders are in one.
function isPossible({ mounts, shared, placeholder, stray }: Half): boolean {
  return mounts === "hub" || (shared !== "view" && placeholder === "none" && stray !== "in the hub");
}

/** Makes the directory of a sandbox in such a state. */
export function build(scratch: Scratch, half: Half): void {
  const directory = scratch.inSandbox();
  mkdirSync(directory, { mode: 0o700 });
  if (half.guard !== "none") {
    mount("--bind", directory, directory);
    mount("--make-private", directory);
  }
  if (half.guard === "unbindable") mount("--make-unbindable", directory);
  if (half.mounts !== "none") mkdirSync(`${directory}/mounts`, { mode: 0o750 });
  if (half.shared !== "none") mkdirSync(`${directory}/shared`, { mode: 0o700 });
  if (half.mounts === "hub") buildHub(directory, half);
  if (half.stray === "beside") writeFileSync(`${directory}/stray`, "not ours");
}

function buildHub(directory: string, { shared, placeholder, stray }: Half): void {
  const hub = `${directory}/mounts`;
  const view = `${directory}/shared`;
  mount("-t", "tmpfs", "-o", "nosuid,nodev,noexec,mode=0750", "guestshare", hub);
  mount("--make-shared", hub);
  if (shared === "view") {
    mount("--bind", hub, view);
    mount("-o", "remount,bind,ro,nosuid,nodev,noexec", view);
    mount("--make-slave", view);
  }
  if (placeholder === "directory") mkdirSync(`${hub}/c1-${random}-x`, { mode: 0 });
  if (placeholder === "file") makeSocket(`${hub}/c1-${random}-x`);
  if (stray === "in the hub") writeFileSync(`${hub}/stray`, "not ours");
}

function makeSocket(path: string): void {
  const result = libc.call("mknodat", -100, new TextEncoder().encode(`${path}\0`), 0xc000, 0);
  assert.equal(result, 0);
}
