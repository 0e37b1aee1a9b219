import { AgentError } from "../agent/agent-error.ts";
import { EACCES } from "../linux/errno.ts";
import { SyscallError } from "../linux/syscall-error.ts";
import type { CopyItem } from "./copy-item.ts";
import type { CopyResult, Unfinished } from "./ledger.ts";

/** Who ended a copy: the agent, this host's files, or the signal. */
export type CopyTrouble = "agent" | "host" | "aborted";

/**
 * A copy did not come to its end. What it had copied is still in the guest: no agent takes anything back. Where its signal was
 * aborted, its name is "AbortError" and its cause the signal's reason, as Node's own functions have it.
 */
export class CopyError extends Error {
  override readonly name: "CopyError" | "AbortError";
  readonly trouble: CopyTrouble;
  /** What was being copied, on the host. */
  readonly path: string;
  /** Where it was going. */
  readonly guestPath: string;
  /** How much of that file the agent had. */
  readonly offset: number;
  /** The errno's name, the name of the agent's status, or "CANCELLED". */
  readonly code: string;
  readonly reason: string;
  /** What the guest has whole. */
  readonly result: CopyResult;
  /** What it may have in part. To copy there once more is safe from version 3.18 of the agent on only. */
  readonly unfinished: readonly Unfinished[];

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
