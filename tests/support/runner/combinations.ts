/** Tests that run together: those of a folder, on a runtime, and where they make system calls how and under what. */
export interface Combination {
  readonly folder: string;
  readonly runtime: "node" | "deno";
  /** The way to libc, where Node has two. */
  readonly libc?: "koffi" | "ffi-rs";
  /** What the mounts that a test finds do with new ones. */
  readonly propagation?: "private" | "shared";
  /** Pieces of the names of the files that it has; all files of the folder where there are none. */
  readonly only?: readonly string[];
  /** Whether the short run has it; the whole one has all. */
  readonly isInShort: boolean;
  /** How long it takes beside another one, in seconds, on two quiet cores: in the short run and in the whole. */
  readonly seconds: { readonly short: number; readonly whole: number };
}

/** The words that choose a combination, which are its name too. */
export function wordsOf({ folder, runtime, libc, propagation }: Combination): string[] {
  return [folder, runtime, libc, propagation].filter((word) => word !== undefined);
}

const short = (seconds: number, whole: number) => ({ isInShort: true, seconds: { short: seconds, whole } });
const whole = (seconds: number) => ({ isInShort: false, seconds: { short: seconds, whole: seconds } });

/** All of them, those that take longest first: so two rows of them end at about the same time. */
export const combinations: readonly Combination[] = [
  { folder: "guest", runtime: "node", propagation: "private", ...whole(300) },
  { folder: "host", runtime: "node", libc: "koffi", propagation: "private", ...short(60, 120) },
  { folder: "host", runtime: "deno", propagation: "shared", ...short(60, 120) },
  { folder: "host", runtime: "node", libc: "koffi", propagation: "shared", ...whole(120) },
  { folder: "host", runtime: "deno", propagation: "private", ...whole(120) },
  { folder: "host", runtime: "node", libc: "ffi-rs", propagation: "private", ...whole(120) },
  { folder: "core", runtime: "node", ...short(60, 120) },
  { folder: "core", runtime: "deno", ...short(60, 120) },
  { folder: "copy", runtime: "node", libc: "koffi", ...short(60, 120) },
  { folder: "copy", runtime: "deno", ...short(60, 120) },
  { folder: "copy", runtime: "node", libc: "ffi-rs", ...whole(120) },
  // Shares reach a virtiofsd by propagation. These tests go through it while it changes.
  {
    ...{ folder: "guest", runtime: "node", propagation: "shared", only: ["while-it-runs", "fight"] },
    ...whole(60),
  },
  { folder: "agent", runtime: "node", ...short(60, 120) },
  { folder: "agent", runtime: "deno", ...short(60, 120) },
  { folder: "input", runtime: "node", ...short(60, 120) },
  { folder: "input", runtime: "deno", ...short(60, 120) },
  { folder: "browser", runtime: "node", ...short(60, 120) },
];
