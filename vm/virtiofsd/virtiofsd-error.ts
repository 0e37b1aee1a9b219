/** How a virtiofsd could not be started. */
export interface VirtiofsdFailure {
  readonly directory: string;
  readonly code: string;
  readonly reason: string;
  readonly lines?: readonly string[];
  readonly cause?: unknown;
}

/**
 * A virtiofsd could not be started. Nothing of it is left.
 *
 * @example
 * ```ts
 * import { Virtiofsd, VirtiofsdError } from "guestshare/vm";
 *
 * try {
 *   await Virtiofsd.start({ directory: "/tmp" }, { program: "/bin/true" });
 * } catch (error) {
 *   if (!(error instanceof VirtiofsdError)) throw error;
 *   console.log(error.message);
 * }
 * // Cannot serve "/tmp": ENOEXEC ("/bin/true" is no virtiofsd, by its --help)
 * ```
 */
export class VirtiofsdError extends Error {
  /** Always "VirtiofsdError". */
  override readonly name = "VirtiofsdError";
  /** The directory that was to be served. */
  readonly directory: string;
  /** An errno's name: "ENOENT" if there is no program or no directory, "EADDRINUSE" for a socket in use, "ECHILD" if it ended at once. */
  readonly code: string;
  /** What was wrong, and what to do. */
  readonly reason: string;
  /** The last lines of its log, each bounded and without control characters. */
  readonly lines: readonly string[];

  /** Of a failure; the message is written from its facts. */
  constructor({ directory, code, reason, lines = [], cause }: VirtiofsdFailure) {
    const told = lines.length > 0 ? `\n${lines.join("\n")}` : "";
    super(`Cannot serve ${JSON.stringify(directory)}: ${code} (${reason})${told}`, { cause });
    this.directory = directory;
    this.code = code;
    this.reason = reason;
    this.lines = lines;
  }
}
