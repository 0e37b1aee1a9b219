import { cleanTarget } from "./clean-target.ts";
import type { GuestBind, GuestMount } from "./guest-mount.ts";

/** A share as its guest needs to know it. */
export interface GuestShare {
  /** Its name in the view. */
  readonly name: string;
  /** Where the guest has it: an absolute path. */
  readonly target: string;
  /** Whether the guest may write to it. The host decides that; here it only makes the guest's own table say so. */
  readonly mode: "ro" | "rw";
  /** What it is. */
  readonly kind: "file" | "directory";
}

/** Shares of one sandbox, and the device that has them. */
export interface GuestShares {
  /** The tag of the device. */
  readonly tag: string;
  /** Where the guest mounts the device. */
  readonly guestDirectory: string;
  /** The shares, in any order. */
  readonly shares: readonly GuestShare[];
}

/**
 * The mounts that put shares in their places in a guest: first the device, then each share, a target before those below it. Throws
 * `GuestMountError` for a target that no guest can have.
 *
 * @example
 * ```ts
 * import { guestScript, sharesMounts } from "guestshare/vm";
 *
 * const mounts = sharesMounts({
 *   ...{ tag: "shares", guestDirectory: "/run/shares" },
 *   shares: [{ name: "data", target: "/data", mode: "ro", kind: "directory" }],
 * });
 * console.log(mounts.map(({ kind, target }) => `${kind} ${target}`).join(", ")); // view /run/shares, bind /data
 * console.log(guestScript(mounts).split("\n")[0]); // #!/bin/sh
 * ```
 */
export function sharesMounts({ tag, guestDirectory, shares }: GuestShares): GuestMount[] {
  const target = cleanTarget(guestDirectory);
  const view = { kind: "view", filesystem: "virtiofs", source: tag, target, options: [] } as const;
  const binds = shares.map((share) => shareBind(share, target));
  return [view, ...binds.toSorted((a, b) => (keyOf(a.target) < keyOf(b.target) ? -1 : 1))];
}

/** The bind by which a guest has a share in its place; `directory` is where the guest has the device. */
export function shareBind({ name, target, mode, kind }: GuestShare, directory: string): GuestBind {
  const options = mode === "ro" ? ["ro"] : [];
  const places = { source: `${directory}/${name}`, target: cleanTarget(target) };
  return { kind: "bind", filesystem: "bind", ...places, options, place: kind };
}

// A directory comes right before what is below it: NUL, which no path has, sorts before all.
function keyOf(target: string): string {
  return target.replaceAll("/", "\0");
}
