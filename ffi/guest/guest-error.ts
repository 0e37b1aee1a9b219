/** Why an embedded guest cannot be served. */
export interface ServeFailure {
  readonly code: string;
  readonly reason: string;
  readonly cause?: unknown;
}

/**
 * An embedded guest cannot be served: its directory is not there, or its socket cannot be made.
 *
 * @example
 * ```ts
 * import { EmbeddedGuest, EmbeddedGuestError } from "guestshare/host";
 *
 * try {
 *   await EmbeddedGuest.serve("/run/nothing", "/run/agent.sock");
 * } catch (error) {
 *   if (!(error instanceof EmbeddedGuestError)) throw error;
 *   console.log(error.path, error.code); // /run/nothing ENOENT
 * }
 * ```
 */
export class EmbeddedGuestError extends Error {
  /** Always "EmbeddedGuestError". */
  override readonly name = "EmbeddedGuestError";
  /** The directory, or the socket's path. */
  readonly path: string;
  /** An errno's name, such as "ENOENT", "EADDRINUSE" or "ENAMETOOLONG". */
  readonly code: string;
  /** What the code means here. */
  readonly reason: string;

  /** Of the path that cannot be served, and why; the message is written from both. */
  constructor(what: "directory" | "socket", path: string, { code, reason, cause }: ServeFailure) {
    const where = what === "directory" ? "in" : "on";
    super(`Cannot serve a guest ${where} ${JSON.stringify(path)}: ${code} (${reason})`, { cause });
    this.path = path;
    this.code = code;
    this.reason = reason;
  }
}
