import type { Libc, Logger } from "../../ffi/mod.ts";
import { checkOptionNames, type OptionNames } from "../../words/option-names.ts";

/** Which shares are opened, and how. */
export interface OpenSharesOptions {
  /** What the shares are called on this host: 1 to 237 letters, digits, "_", "." and "-". */
  readonly id: string;
  /**
   * The directory on the host that has such shares. Default: /run/guestshare for root, and for another user "guestshare" in
   * $XDG_RUNTIME_DIR or, where that is not set, /tmp/guestshare-<uid>.
   */
  readonly directory?: string | undefined;
  /** Whether another process has opened them: shares are added, and disposing removes none. Default false. */
  readonly join?: boolean | undefined;
  /** Gets a line for each step. */
  readonly log?: Logger | undefined;
  /** Gives up waiting for a source whose server does not answer. */
  readonly signal?: AbortSignal | undefined;
  /** The way to libc. Default: the one of this runtime. */
  readonly libc?: Libc | undefined;
}

/** Who has the files of a share in the guest. */
export type ShareOwner =
  /** A user and a group. */
  | { readonly uid: number; readonly gid: number }
  /** The guest's root. */
  | "me";

/** A file or directory of this host that is to be shared. */
export interface ShareRequest {
  /** Its path; a relative one begins in the working directory. */
  readonly source: string;
  /** Where the guest, or the container, has it: an absolute path. */
  readonly target: string;
  /** "ro" is read-only on the host: nothing in the guest can undo that. */
  readonly mode: "ro" | "rw";
  /**
   * Who has, in the guest, the files of the source's owner; what that user makes there belongs to the owner on the host. Files of
   * others belong to nobody then, and no other user of the guest can make any. Default: ids stay as they are.
   */
  readonly owner?: ShareOwner | undefined;
  /** Whether what is mounted below the source is shared, too. Default true. */
  readonly recursive?: boolean | undefined;
}

const openNames: OptionNames<OpenSharesOptions> = {
  ...{ id: true, directory: true, join: true, log: true, signal: true, libc: true },
};

/** @throws {TypeError} for an unknown option, or a wrong value. */
export function checkOpenOptions(options: OpenSharesOptions): void {
  checkOptionNames(options, openNames);
  const { directory, join } = options;
  if (directory !== undefined && typeof directory !== "string")
    throw new TypeError(`directory has to be a path, not ${JSON.stringify(directory)}`);
  if (join !== undefined && typeof join !== "boolean")
    throw new TypeError(`join has to be true or false, not ${JSON.stringify(join)}`);
}

const requestNames: OptionNames<ShareRequest> = {
  ...{ source: true, target: true, mode: true, owner: true, recursive: true },
};

/** @throws {TypeError} for an unknown field, or a wrong value. What paths may be, the core says. */
export function checkShareRequest(request: ShareRequest): void {
  checkOptionNames(request, requestNames);
  const { source, target, mode, owner, recursive } = request;
  for (const [name, value] of Object.entries({ source, target }))
    if (typeof value !== "string" || value === "")
      throw new TypeError(`${name} has to be a path, not ${JSON.stringify(value)}`);
  if (mode !== "ro" && mode !== "rw")
    throw new TypeError(`mode has to be "ro" or "rw", not ${JSON.stringify(mode)}`);
  if (recursive !== undefined && typeof recursive !== "boolean")
    throw new TypeError(`recursive has to be true or false, not ${JSON.stringify(recursive)}`);
  if (owner !== undefined && owner !== "me" && !(isId(owner?.uid) && isId(owner?.gid)))
    throw new TypeError(`owner has to be "me", or { uid, gid } in numbers, not ${JSON.stringify(owner)}`);
}

// The largest number means no user at all.
function isId(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) < 0xffffffff;
}
