import { cleanTarget } from "./clean-target.ts";
import type { GuestMount } from "./guest-mount.ts";
import { GuestMountError } from "./guest-mount-error.ts";
import { linesOf } from "./script-lines.ts";
import { copies } from "./shell/copies.ts";
import { directories } from "./shell/directories.ts";
import { disks } from "./shell/disks.ts";
import { places } from "./shell/places.ts";
import { table } from "./shell/table.ts";
import { verbs } from "./shell/verbs.ts";
import { shellWord } from "./shell/word.ts";

/** What a script is besides its mounts. */
export interface GuestScriptOptions {
  /**
   * The directory of the guest whose mounts are all the script's: there it unmounts whatever is not wanted any more, apart from what
   * the programs of a container mounted in its root. Default "/run/kata-containers".
   */
  readonly owns?: string;
  /** How many seconds it waits, in all, for what is not there yet. Default 10. */
  readonly patienceSeconds?: number;
}

/**
 * A script for POSIX shells that makes these mounts in a guest; busybox has all that it needs. It may be run again after each change:
 * it mounts what is new, unmounts what is gone, and touches nothing else. It goes on after a failure, says what failed, and its exit
 * code is 1 then. Throws `GuestMountError` for what a script cannot say.
 *
 * @example
 * ```ts
 * import { guestScript } from "guestshare/vm";
 *
 * const target = "/run/shares";
 * const script = guestScript([{ kind: "view", filesystem: "virtiofs", source: "shares", target, options: [] }]);
 * console.log(script.includes("view virtiofs shares /run/shares")); // true
 * ```
 */
export function guestScript(mounts: readonly GuestMount[], options: GuestScriptOptions = {}): string {
  return scriptOf(mounts, options, "note");
}

/**
 * A script that unmounts what `guestScript` of the same mounts mounted. It leaves the files and directories that were made as mount
 * points. Its exit code is 1 if something is in use.
 */
export function guestUndoScript(mounts: readonly GuestMount[], options: GuestScriptOptions = {}): string {
  return scriptOf(mounts, options, "undo");
}

const MAX_PATIENCE = 86_400; // a day

// Functions that not every script needs.
const handlersOf = [
  [/^disk /, disks],
  [/^(?:within|directory|node|link|pages|seal) ?/, directories],
  [/^copy /, copies],
] as const;

function scriptOf(
  mounts: readonly GuestMount[],
  { owns = "/run/kata-containers", patienceSeconds = 10 }: GuestScriptOptions,
  pass: "note" | "undo",
): string {
  if (!(patienceSeconds >= 0 && patienceSeconds <= MAX_PATIENCE))
    throw new GuestMountError("option", `patienceSeconds: ${patienceSeconds}`);
  const lines = linesOf(mounts);
  const handlers = handlersOf.filter(([line]) => lines.some((each) => line.test(each)));
  return [
    "#!/bin/sh",
    "# Puts what a host shares into its places in a guest. It may be run again after each change.",
    "set -u",
    "umask 022",
    `owned=${shellWord(cleanTarget(owns))} patience=${Math.ceil(patienceSeconds * 10)}`,
    "pass= failed=0 changed=no wanted= undone= stale= roots= view_type= view_tag= view=",
    "mounted= gone= taken= busy= submounts=",
    ...[places, table, verbs, ...handlers.map(([, functions]) => functions)],
    "each() {",
    ...["root= sealed=", ...lines].map((line) => `  ${line}`),
    "}",
    "root=",
    'locate "$owned"',
    "owned=$at",
    `pass=${pass}`,
    "each",
    "look",
    ...(pass === "note" ? ["pass=make", "each"] : []),
    "exit $failed",
    "",
  ].join("\n");
}
