import type { AgentError } from "./agent-error.ts";

/** What a piece of a file, a directory, or a link is made of. */
export interface CopyFileRequest {
  /** Where, in the guest. */
  readonly path: string;
  /** How long the whole file is: once so much was written, it gets its name. */
  readonly fileSize: number;
  /** Its permissions, and its kind: the bits of S_IFMT. Without those it is a file. */
  readonly fileMode: number;
  /** Permissions of the directories above that are missing. */
  readonly dirMode: number;
  readonly uid: number;
  readonly gid: number;
  /** Where in the file `data` begins. */
  readonly offset: number;
  /**
   * The file's bytes, or where a link leads. They must not change before the call succeeds, for they are not copied before
   * they are sent; where it fails, not before the connection ends, unless the error's `sent` is "nothing".
   */
  readonly data: Uint8Array;
}

/** How a call is made. */
export interface AgentCallOptions {
  /** How long it may take. Default: the connection's. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Somebody in the guest who writes what is copied. An agent works on the calls that are open at once: the pieces of one file
 * have to be awaited one by one, different files need not.
 */
export interface Agent {
  /**
   * Writes a piece of a file, or makes a directory or a link.
   *
   * @throws {AgentError} where it was refused, or no answer came.
   */
  copyFile(request: CopyFileRequest, options?: AgentCallOptions): Promise<void>;
  /** Settles when the connection is over, with why; never rejects. Without it, that is noticed by the next call. */
  readonly ended?: Promise<AgentError>;
  /** Ends the connection; calls that are open fail. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
