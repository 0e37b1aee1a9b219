import { type FilesystemShare, PlanError, StepError } from "../../ffi/mod.ts";
import { container, type FullSandbox } from "../support/sandbox/full.ts";
import { random } from "../support/scratch.ts";
import { sharedFiles } from "./look.ts";

/** An operation of a campaign. */
export interface Operation {
  readonly name: string;
  readonly adds: boolean;
  readonly perform: (share: FilesystemShare, full: FullSandbox) => Promise<unknown>;
  /** The files that the guest can read when it succeeded, besides those that it could before. */
  readonly shows: readonly string[];
  /** The files of which it takes away what it is asked to. */
  readonly takes: readonly string[];
}

const other = "f".repeat(16);
const [file = "", tree = "", root = ""] = sharedFiles;
const adding = { adds: true, shows: [], takes: [] };
const taking = { adds: false, shows: [], takes: [] };

/** What is tried on a damaged sandbox. */
export const operations: readonly Operation[] = [
  { ...adding, name: "prepare", perform: (share) => share.prepare() },
  {
    ...adding,
    name: "sharing a file",
    shows: [`c1-${other}-file`],
    perform: (share, full) => share.shareFile(container, full.file, { random: other }),
  },
  {
    ...adding,
    name: "sharing a tree",
    shows: [`c1-${other}-tree/below/deep`],
    perform: (share, full) => share.shareFile(container, full.tree, { random: other }),
  },
  {
    ...adding,
    name: "sharing a file again",
    shows: [file],
    perform: (share, full) => share.shareFile(container, full.file, { random }),
  },
  {
    ...adding,
    name: "sharing a container",
    shows: ["c5/rootfs/etc/passwd"],
    perform: (share, { root, file, tree }) =>
      share.shareContainer({ ...root, id: "c5", mounts: [file, tree].map(withoutPath) }),
  },
  {
    ...taking,
    name: "unsharing a file",
    takes: [file],
    perform: (share, full) => share.unshareFile(container, full.file),
  },
  {
    ...taking,
    name: "unsharing a tree",
    takes: [tree],
    perform: (share, full) => share.unshareFile(container, full.tree),
  },
  {
    ...taking,
    name: "unsharing a container",
    takes: [root],
    perform: (share) => share.unshareContainer({ id: "c1" }),
  },
  { ...taking, name: "cleanup", takes: sharedFiles, perform: (share) => share.cleanup() },
  {
    ...taking,
    name: "cleanup with revoke",
    takes: sharedFiles,
    perform: (share) => share.cleanup({ revoke: true }),
  },
];

function withoutPath({ hostPath: _, ...mount }: FullSandbox["file"]): Omit<FullSandbox["file"], "hostPath"> {
  return mount;
}

/** Whether an error is one that an operation may end with; a message says what is wrong with any other. */
export function isKnown(error: unknown): boolean {
  return error instanceof StepError || error instanceof PlanError;
}

/** Whether an error says that something was left behind, which undoing could not take away. */
export function saysLeft(error: unknown): boolean {
  if (error instanceof StepError) return error.undo.length > 0 || error.message.includes("left behind:");
  return error instanceof Error && error.message.includes("left behind:");
}

/** How an operation ended, in words. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : "done";
}
