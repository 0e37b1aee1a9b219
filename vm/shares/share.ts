import type { FoundShare } from "../../table/mod.ts";

/** The owner of shares that the machine itself has, outside of all containers. */
export const MACHINE = "machine";

/** A share as the kernel's mount table has it now. */
export interface ListedShare {
  /** What it is called in the view, and so in the directory where the guest mounts the view. */
  readonly name: string;
  /** Where the host has it; undefined where no path leads there any more. */
  readonly source: string | undefined;
  /** Where the guest has it, or the container. */
  readonly target: string;
  /** Whether the guest may write to it. */
  readonly mode: "ro" | "rw";
  /** The container in whose root it is; undefined for one of the machine itself. */
  readonly container: string | undefined;
}

/** A share that was added. Its record is plain: only `remove` is a function. */
export interface Share {
  /** What is shared: an absolute path of the host. */
  readonly source: string;
  /** Where the guest has it, or the container. */
  readonly target: string;
  /** Whether the guest may write to it. */
  readonly mode: "ro" | "rw";
  /** Where the guest finds it as soon as it has the view, before it is put into its place. */
  readonly inGuest: string;
  /**
   * Removes the share, so that no path leads to it any more. A guest that has something of it open keeps that, and may still write
   * through it if the mode is "rw", until it closes it or ends. A second call does nothing.
   *
   * @throws {PlanError} with every step that failed; calling it again finishes the work.
   */
  remove(): Promise<void>;
  /** For `await using`: as `remove`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** What of a sandbox's shares has a place in the guest, in the order of the targets. */
export function listedShares(found: readonly FoundShare[]): ListedShare[] {
  return found.flatMap((share) => listed(share) ?? []).sort((a, b) => (a.target < b.target ? -1 : 1));
}

// What the view lacks, the guest has not.
function listed(share: FoundShare): ListedShare | undefined {
  const { kind, name, place, source, attributes, viewMount, container } = share;
  if (kind !== "placed" || place === undefined || !viewMount) return undefined;
  const isReadOnly = attributes.includes("ro") || viewMount.attributes.includes("ro");
  return {
    ...{ name, source: source.hostPath, target: place, mode: isReadOnly ? "ro" : "rw" },
    container: container === MACHINE ? undefined : container,
  };
}
