import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename } from "node:path";

/** A kernel module: its name, and its bytes as the kernel takes them. */
export interface Module {
  readonly name: string;
  readonly bytes: Buffer;
}

/**
 * The modules of a kernel with all that they need, in an order in which they can be loaded. A name that is no module is
 * left out: the kernel has it built in, or lacks it, which whoever needs it will see.
 */
export function modulesOf(directory: string, names: readonly string[]): Module[] {
  const needs = readNeeds(directory);
  const ordered = new Set<string>();
  for (const name of names) {
    const path = [...needs.keys()].find((each) => nameOf(each) === name);
    // modules.dep has the nearest first, and all of them.
    for (const each of path === undefined ? [] : [...(needs.get(path) ?? []).toReversed(), path])
      ordered.add(each);
  }
  return [...ordered].map((path) => ({ name: nameOf(path), bytes: bytesOf(`${directory}/${path}`) }));
}

function readNeeds(directory: string): Map<string, string[]> {
  const lines = readFileSync(`${directory}/modules.dep`, "utf8").trimEnd().split("\n");
  return new Map(
    lines.map((line) => {
      const [path = "", needed = ""] = line.split(":");
      return [path, needed.trim().split(" ").filter(Boolean)];
    }),
  );
}

/** A module's name, in one spelling: "virtio-rng.ko.xz" is virtio_rng. */
export function nameOf(path: string): string {
  return basename(path)
    .replace(/\.ko(\.\w+)?$/, "")
    .replaceAll("-", "_");
}

function bytesOf(path: string): Buffer {
  if (path.endsWith(".ko")) return readFileSync(path);
  return execFileSync(path.endsWith(".zst") ? "zstd" : "xz", ["-dc", path], { maxBuffer: 64 * 1024 * 1024 });
}
