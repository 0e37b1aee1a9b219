import { later } from "./later.ts";

/** Tests that run together: those of a folder, on a runtime, and where they make system calls how and under what. */
export interface Combination {
  readonly folder: string;
  /** What chooses it, where the folder's name is another word already. */
  readonly word?: string;
  readonly runtime: "node" | "deno";
  /** The way to libc, where Node has two. */
  readonly libc?: "koffi" | "ffi-rs";
  /** What the mounts that a test finds do with new ones. */
  readonly propagation?: "private" | "shared";
  /** Pieces of the names of the files that it has; all files of the folder where there are none. */
  readonly only?: readonly string[];
  /** Files of the folder that the short run leaves to the whole one, unless words choose the folder or a file. */
  readonly later?: readonly string[];
  /** Whether the short run has it; the whole one has all. */
  readonly isInShort: boolean;
  /** Whether sweeps are sampled in the whole run, too: it is about one way more to do the same. */
  readonly isSampled?: boolean;
  /** Whether its temporary files are in memory in the whole run, too, as all are in the short one. */
  readonly inMemory?: boolean;
  /** Which half of the places of a sweep it has in the whole run; all where there is none. */
  readonly half?: 0 | 1;
  /** How long it takes beside another one, in seconds, on two quiet cores: in the short run and in the whole. */
  readonly seconds: { readonly short: number; readonly whole: number };
}

/** The words that choose a combination, which are its name too. */
export function wordsOf(combination: Combination): string[] {
  const { runtime, libc, propagation } = combination;
  return [wordOf(combination), runtime, libc, propagation].filter((word) => word !== undefined);
}

/** The word for its folder. */
export function wordOf({ folder, word = folder }: Pick<Combination, "folder" | "word">): string {
  return word;
}

const short = (seconds: number, whole: number) => ({ isInShort: true, seconds: { short: seconds, whole } });
const whole = (seconds: number) => ({ isInShort: false, seconds: { short: seconds, whole: seconds } });

/** All of them, those that take longest first: so rows of them end at about the same time. */
export const combinations: readonly Combination[] = [
  { folder: "guest", runtime: "node", propagation: "private", inMemory: true, ...whole(1050) },
  {
    ...{ folder: "host", runtime: "node", libc: "koffi", propagation: "private", half: 0, later: later.host },
    ...short(195, 400),
  },
  { folder: "browser", runtime: "node", later: later.browser, inMemory: true, ...short(40, 500) },
  { folder: "host", runtime: "node", libc: "koffi", propagation: "shared", half: 1, ...whole(400) },
  {
    ...{
      folder: "faults",
      runtime: "node",
      libc: "koffi",
      propagation: "private",
      half: 0,
      later: later.faults,
    },
    ...short(65, 230),
  },
  { folder: "faults", runtime: "node", libc: "koffi", propagation: "shared", half: 1, ...whole(230) },
  {
    ...{ folder: "copy", runtime: "node", libc: "koffi", later: later.copy },
    ...short(155, 540),
  },
  { folder: "cli", runtime: "node", propagation: "private", later: later.cli, ...short(95, 130) },
  { folder: "copy", runtime: "deno", later: later.copyOnDeno, ...short(35, 350) },
  {
    folder: "host",
    runtime: "deno",
    propagation: "shared",
    half: 0,
    later: later.hostOnDeno,
    ...short(80, 190),
  },
  { folder: "host", runtime: "deno", propagation: "private", half: 1, ...whole(190) },
  {
    ...{ folder: "node", word: "nodes", runtime: "node", propagation: "private", later: later.nodes },
    ...short(70, 110),
  },
  {
    ...{ folder: "node", word: "nodes", runtime: "deno", propagation: "shared", later: later.nodesOnDeno },
    ...short(30, 110),
  },
  {
    ...{ folder: "faults", runtime: "deno", propagation: "shared", half: 0, later: later.faultsOnDeno },
    ...short(40, 90),
  },
  { folder: "faults", runtime: "deno", propagation: "private", half: 1, ...whole(90) },
  {
    ...{ folder: "host", runtime: "node", libc: "ffi-rs", propagation: "private", isSampled: true },
    ...whole(260),
  },
  {
    ...{ folder: "faults", runtime: "node", libc: "ffi-rs", propagation: "private", isSampled: true },
    ...whole(85),
  },
  { folder: "copy", runtime: "node", libc: "ffi-rs", isSampled: true, ...whole(220) },
  { folder: "cli", runtime: "deno", propagation: "private", ...whole(130) },
  { folder: "core", runtime: "node", ...short(50, 110) },
  // The core's own sweeps are whole on Node.
  {
    ...{ folder: "core", runtime: "deno", later: later.coreOnDeno, isSampled: true },
    ...short(10, 35),
  },
  // What the files say is the same on each runtime.
  { folder: "repository", runtime: "node", later: later.repository, ...short(40, 110) },
  // Shares reach a virtiofsd by propagation. These tests go through it while it changes.
  {
    ...{ folder: "guest", runtime: "node", propagation: "shared", only: ["while-it-runs", "fight"] },
    ...{ inMemory: true, ...whole(45) },
  },
  { folder: "vm", runtime: "node", propagation: "private", later: later.vm, ...short(45, 75) },
  { folder: "vm", runtime: "deno", propagation: "shared", later: later.vmOnDeno, ...short(15, 75) },
  { folder: "agent", runtime: "node", ...short(40, 45) },
  { folder: "agent", runtime: "deno", later: later.agentOnDeno, ...short(15, 50) },
  { folder: "ttrpc", runtime: "node", ...short(15, 30) },
  { folder: "ttrpc", runtime: "deno", later: later.ttrpcOnDeno, ...short(10, 25) },
  { folder: "nri", runtime: "node", later: later.nri, ...short(15, 25) },
  { folder: "nri", runtime: "deno", later: later.nri, ...short(10, 25) },
  { folder: "release", runtime: "node", ...whole(35) },
  { folder: "table", runtime: "node", ...short(10, 45) },
  { folder: "table", runtime: "deno", later: later.tableOnDeno, ...short(5, 35) },
  { folder: "input", runtime: "node", ...short(5, 5) },
  { folder: "input", runtime: "deno", ...short(5, 5) },
  { folder: "picture", runtime: "node", ...short(10, 10) },
  { folder: "picture", runtime: "deno", later: later.pictureOnDeno, ...short(5, 5) },
];

/**
 * Files and folders whose tests get a process of their own; all others of a part share one. The files start many programs,
 * which takes Node the longer the more memory it has.
 */
export const alone: readonly string[] = [
  "guest",
  ...["faults/campaign", "faults/damaged-sandbox", "faults/half-states", "host/predicted-tables"],
];
