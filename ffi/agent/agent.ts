import type { AgentError } from "./agent-error.ts";

/** A slice of a file, a directory, or a link. */
export interface CopyFileRequest {
  /** The path in the guest. */
  readonly path: string;
  /** The size of the whole file: once so many bytes are written, the file gets its name. */
  readonly fileSize: number;
  /** Its permissions and its kind, the bits of S_IFMT. Without these bits it is a file. */
  readonly fileMode: number;
  /** The permissions of missing directories above. */
  readonly dirMode: number;
  /** The user that owns it. */
  readonly uid: number;
  /** The group that owns it. */
  readonly gid: number;
  /** The offset of `data` in the file. */
  readonly offset: number;
  /**
   * The file's bytes, or a link's target. They must not change before the call succeeds, for they are sent without a copy. If
   * the call fails, they must not change before the connection ends, unless the error's `sent` is "nothing".
   */
  readonly data: Uint8Array;
}

/** The options of a call. */
export interface AgentCallOptions {
  /** How long the answer may take. Default: the connection's. */
  readonly timeoutMs?: number | undefined;
  /** Gives the call up when it is aborted. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * The agent in the guest, which writes copied files. It works on all open calls at once: the slices of one file have to be awaited
 * one by one, different files need not.
 */
export interface Agent {
  /**
   * Writes a slice of a file, or makes a directory or a link.
   *
   * @throws {AgentError} if the agent refuses, or does not answer.
   */
  copyFile(request: CopyFileRequest, options?: AgentCallOptions): Promise<void>;
  /** Settles when the connection ends, with the reason; never rejects. Without it, the next call finds out. */
  readonly ended?: Promise<AgentError>;
  /** Ends the connection; open calls fail. */
  close(): Promise<void>;
  /** As `close`, at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void>;
}
