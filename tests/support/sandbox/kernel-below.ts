import { readdirSync } from "node:fs";
import type { OmittedMount } from "../../../ffi/mod.ts";
import { mount, mountTmpfs } from "../mounts.ts";
import type { Scratch } from "../scratch.ts";

/** A directory with filesystems of the kernel's below it, one of them hidden by another mount, and some that are not. */
export interface KernelBelow {
  readonly source: string;
  /** What is left out of a share of it, at a destination. */
  omittedAt(destination: string): OmittedMount[];
  /** Throws where a path does not show the directory without them. */
  assertFreed(path: string): void;
}

/** Makes such a directory. `mount -t proc` takes the machine's root; what is bound serves everybody. */
export function kernelBelow(scratch: Scratch): KernelBelow {
  const source = scratch.directory("tree");
  for (const name of ["proc", "data"]) scratch.directory(`tree/${name}`);
  mountTmpfs(`${source}/data`);
  for (const name of ["data/sys", "data/kept"]) scratch.directory(`tree/${name}`);
  mountTmpfs(`${source}/data/kept`);
  for (const name of ["version", "netns", "data/kept/file"]) scratch.file(`tree/${name}`, "");
  bindPrivately("/proc", `${source}/proc`);
  bindPrivately("/sys", `${source}/data/sys`);
  bindPrivately("/proc", scratch.directory("tree/hidden/deep/proc"));
  mountTmpfs(`${source}/hidden`);
  scratch.file("tree/hidden/shown", "");
  bindPrivately("/proc/version", `${source}/version`);
  bindPrivately("/proc/self/ns/net", `${source}/netns`);
  return {
    source,
    omittedAt: (destination) =>
      omitted.map(({ path, ...rest }) => ({ path: `${destination}/${path}`, ...rest })),
    assertFreed,
  };
}

/** Binds something somewhere, with all below it. Its end is then not that of the mounts below the real one. */
export function bindPrivately(what: string, target: string): void {
  mount("--rbind", what, target);
  mount("--make-rprivate", target);
}

const omitted: readonly OmittedMount[] = [
  { path: "data/sys", filesystem: "sysfs", reason: "kernel" },
  { path: "hidden/deep/proc", filesystem: "proc", reason: "kernel" },
  { path: "netns", filesystem: "nsfs", reason: "kernel" },
  { path: "proc", filesystem: "proc", reason: "kernel" },
  { path: "version", filesystem: "proc", reason: "kernel" },
];

const shown: Readonly<Record<string, readonly string[]>> = {
  "": ["data", "hidden", "netns", "proc", "version"],
  "/data": ["kept", "sys"],
  "/data/kept": ["file"],
  "/data/sys": [],
  "/hidden": ["shown"],
  "/proc": [],
};

function assertFreed(path: string): void {
  for (const [directory, names] of Object.entries(shown)) {
    const found = readdirSync(path + directory).sort();
    if (found.join() !== names.join()) throw new Error(`${path}${directory} has ${found}, not ${names}`);
  }
}
