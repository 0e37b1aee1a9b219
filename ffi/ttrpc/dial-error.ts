import { constants } from "node:os";

const { errno } = constants;

/** One attempt to connect failed. */
export class DialError extends Error {
  override readonly name = "DialError";
  /** An errno's name. */
  readonly code: string;
  /** Whether the next attempt may succeed: the peer may not listen yet. */
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

const booting = ["EHOSTUNREACH", "ENETUNREACH", "ENODEV", "ETIMEDOUT"];
const passing = ["ENOENT", "ECONNREFUSED", "ECONNRESET", "EPIPE", "EAGAIN", "EINTR"];

/** A socket's own error as the error of an attempt. */
export function dialErrorOf(error: unknown, path: string): DialError {
  const code = codeOf(error);
  const options = { mayPass: passing.includes(code), cause: error };
  const shown = JSON.stringify(path.replace(/^\0/, "@"));
  if (code === "ENOENT") return new DialError(code, `there is no socket ${shown}`, options);
  if (code === "ECONNREFUSED") return new DialError(code, `nobody listens on ${shown}`, options);
  return new DialError(code, messageOf(error), options);
}

/** Deno's error for a machine's port as the error of an attempt. A machine that is still booting may give any of several. */
export function vsockErrorOf(error: unknown, { cid, port }: { cid: number; port: number }): DialError {
  const code = codeOf(error);
  const options = { mayPass: passing.includes(code) || booting.includes(code), cause: error };
  return new DialError(code, `port ${port} of machine ${cid}: ${messageOf(error)}`, options);
}

function codeOf(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown };
  if (typeof code === "string") return code;
  // Deno's own errors have names; the message of this one names the missing permission.
  if (name === "NotCapable") return "EACCES";
  // Of an errno that Deno has no name for, the message alone has the number.
  const [, number] = /\(os error (\d+)\)$/.exec(messageOf(error)) ?? [];
  return Object.entries(errno).find(([, known]) => known === Number(number))?.[0] ?? "EIO";
}

function messageOf(error: unknown): string {
  return String((error as { message?: unknown }).message ?? error);
}

/** The error of an attempt whose signal was aborted. */
export function canceled(cause: unknown): DialError {
  return new DialError("ECANCELED", "its signal was aborted", { mayPass: false, cause });
}
