import { AgentError } from "../agent/agent-error.ts";
import { EACCES } from "../linux/errno.ts";
import { SyscallError } from "../linux/syscall-error.ts";
import type { CopyResult, Unfinished } from "./ledger.ts";

/** Who ended a copy: the agent, this host's files, or the signal. */
export type CopyTrouble = "agent" | "host" | "aborted";

/** Something to copy, and where to. */
export interface CopyItem {
  /** On the host. */
  readonly path: string;
  /** In the guest. */
  readonly guestPath: string;
}

/**
 * A copy failed. The entries that it had copied are still in the guest: no agent removes anything. If its signal was aborted, the
 * error's name is "AbortError" and its cause the signal's reason, as Node's own functions have it.
 */
export class CopyError extends Error {
  /** "AbortError" if the copy's signal was aborted, else "CopyError". */
  override readonly name: "CopyError" | "AbortError";
  /** Who ended the copy. */
  readonly trouble: CopyTrouble;
  /** The path on the host of the entry that failed. */
  readonly path: string;
  /** The path of that entry in the guest. */
  readonly guestPath: string;
  /** How many bytes of that file the agent had. */
  readonly offset: number;
  /** The errno's name, the name of the agent's status, or "CANCELLED". */
  readonly code: string;
  /** What the code means here. */
  readonly reason: string;
  /** What arrived before. */
  readonly result: CopyResult;
  /** Files that the guest may have in part. To copy to the same place again is safe from version 3.18 of the agent on only. */
  readonly unfinished: readonly Unfinished[];

  /** Of the entry that failed, why, and what had arrived; the message is written from these. */
  constructor(
    item: CopyItem & { readonly offset?: number },
    cause: unknown,
    { result, unfinished, trouble }: CopyState,
  ) {
    const { path, guestPath, offset = 0 } = item;
    const { code, reason } = stateOf(cause, trouble);
    const from = offset === 0 ? "" : `, from byte ${offset} on`;
    const sent = `${result.entries} entries and ${result.bytes} bytes had arrived`;
    super(`Cannot copy ${quote(path)} to ${quote(guestPath)}${from}: ${code} (${reason}); ${sent}`, {
      cause,
    });
    this.name = trouble === "aborted" ? "AbortError" : "CopyError";
    this.trouble = trouble;
    this.path = path;
    this.guestPath = guestPath;
    this.offset = offset;
    this.code = code;
    this.reason = reason;
    this.result = result;
    this.unfinished = unfinished;
  }
}

/** An error of a copy that failed before anything was sent. */
export function failedBefore(item: CopyItem, cause: unknown, trouble: CopyTrouble): CopyError {
  const result = { entries: 0, bytes: 0, skipped: [], warnings: [] };
  return new CopyError(item, cause, { trouble, result, unfinished: [] });
}

/** How far the copy was, and who ended it. */
export interface CopyState {
  readonly trouble: CopyTrouble;
  readonly result: CopyResult;
  readonly unfinished: readonly Unfinished[];
}

function stateOf(cause: unknown, trouble: CopyTrouble): { code: string; reason: string } {
  if (trouble === "aborted") return { code: "CANCELLED", reason: "its signal was aborted" };
  if (cause instanceof SyscallError && cause.errno === EACCES)
    return {
      code: cause.code,
      reason: "this user may not read it, or not pass a directory on the way to it",
    };
  if (cause instanceof AgentError || cause instanceof SyscallError) return cause;
  return { code: "UNKNOWN", reason: cause instanceof Error ? cause.message : String(cause) };
}

const quote = (path: string) => JSON.stringify(path);
