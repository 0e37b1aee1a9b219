import { readFileSync } from "node:fs";
import { mounts, type SeenMount } from "../support/mounts.ts";
import { random, type Scratch } from "../support/scratch.ts";
import { treeOf } from "../support/state.ts";

/** A file of a share, from the hub or the view on. */
export const sharedFiles: readonly string[] = [
  `c1-${random}-file`,
  `c1-${random}-tree/below/deep`,
  "c1/rootfs/etc/passwd",
];

/** All that an operation may change, as it is at one moment. */
export interface Look {
  /** Each mount, without how it propagates: that may be mended. */
  readonly mounts: readonly string[];
  /** Those outside the directory of sandboxes, and whether they are shared. */
  readonly outside: readonly string[];
  readonly tree: readonly string[];
  /** The files of shares that the guest can read, and what is in them. */
  readonly visible: ReadonlyMap<string, string>;
}

/** What there is now. */
export function look(scratch: Scratch): Look {
  const all = mounts();
  // A mark that says nothing, or that is forged, is as none: it may be written anew, and removed.
  const isNoMark = /^$|forged/.test(contentOf(scratch.inSandbox("namespace")) ?? "");
  const isInside = ({ point }: SeenMount) => `${point}/`.startsWith(`${scratch.hostDir}/`);
  const outside = all.filter((mount) => !isInside(mount));
  const visible = new Map<string, string>();
  for (const name of sharedFiles) {
    const content = contentOf(scratch.view(name));
    if (content !== undefined) visible.set(name, content);
  }
  return {
    mounts: all.map(lineOf),
    outside: outside.map((mount) => `${lineOf(mount)} ${mount.propagation}`),
    tree: treeOf(scratch.hostDir).filter((line) => !isNoMark || !line.startsWith("./s1/namespace ")),
    visible,
  };
}

function lineOf({ id, parent, root, point, options, type }: SeenMount): string {
  return [id, parent, root, point, options, type].join(" ");
}

/** What is in a file; undefined where it cannot be read. */
export function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** What is in the first list and not in the second. */
export function missingFrom(before: readonly string[], after: readonly string[]): string[] {
  const there = new Set(after);
  return before.filter((line) => !there.has(line));
}
