/** One try to connect came to nothing. */
export class DialError extends Error {
  override readonly name = "DialError";
  /** An errno's name. */
  readonly code: string;
  /** Whether it may be different in a moment: who should listen may not have begun. */
  readonly mayPass: boolean;

  constructor(code: string, reason: string, options: { mayPass: boolean; cause?: unknown }) {
    super(reason, options);
    this.code = code;
    this.mayPass = options.mayPass;
  }

  /** Whether nobody listens on the socket. */
  get isAbsent(): boolean {
    return this.code === "ENOENT" || this.code === "ECONNREFUSED";
  }
}

const passing = ["ENOENT", "ECONNREFUSED", "ECONNRESET", "EPIPE", "EAGAIN", "EINTR"];

/** What a socket's own error says of a try. */
export function dialErrorOf(error: unknown, path: string): DialError {
  const { code: given, name, message } = error as { code?: unknown; name?: unknown; message?: unknown };
  // Deno's own errors have names; this one says which permission is missing.
  const unnamed = name === "NotCapable" ? "EACCES" : "EIO";
  const code = typeof given === "string" ? given : unnamed;
  const options = { mayPass: passing.includes(code), cause: error };
  const shown = JSON.stringify(path.replace(/^\0/, "@"));
  if (code === "ENOENT") return new DialError(code, `there is no socket ${shown}`, options);
  if (code === "ECONNREFUSED") return new DialError(code, `nobody listens on ${shown}`, options);
  return new DialError(code, String(message ?? error), options);
}

/** A signal ended the tries. */
export function canceled(cause: unknown): DialError {
  return new DialError("ECANCELED", "its signal was aborted", { mayPass: false, cause });
}
