import { openShares, type Shares } from "../../../vm/mod.ts";
import { libc } from "../runtimes.ts";
import type { Scratch } from "../scratch.ts";

/** Shares in a test's directory. */
export function opened(scratch: Scratch, more: object = {}): Promise<Shares> {
  return openShares({ id: "s1", directory: scratch.hostDir, libc, ...more });
}

/** What is shared, each as one line. */
export async function linesOf(shares: Shares): Promise<string[]> {
  const listed = await shares.list();
  return listed.map(({ source, target, mode, container }) =>
    [container ?? "", `${source} -> ${target}`, mode].join(" ").trim(),
  );
}
