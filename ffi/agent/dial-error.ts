import { constants } from "node:os";
import type { VsockAddress } from "./vsock-address.ts";

const { errno } = constants;

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

const booting = ["EHOSTUNREACH", "ENETUNREACH", "ENODEV", "ETIMEDOUT"];
const passing = ["ENOENT", "ECONNREFUSED", "ECONNRESET", "EPIPE", "EAGAIN", "EINTR"];

/** What a socket's own error says of a try. */
export function dialErrorOf(error: unknown, path: string): DialError {
  const code = codeOf(error);
  const options = { mayPass: passing.includes(code), cause: error };
  const shown = JSON.stringify(path.replace(/^\0/, "@"));
  if (code === "ENOENT") return new DialError(code, `there is no socket ${shown}`, options);
  if (code === "ECONNREFUSED") return new DialError(code, `nobody listens on ${shown}`, options);
  return new DialError(code, messageOf(error), options);
}

/** What an attempt to reach a machine's port says of a try. One that is still booting may give any of several errors. */
export function vsockErrorOf(error: unknown, { cid, port }: VsockAddress): DialError {
  const code = codeOf(error);
  const options = { mayPass: passing.includes(code) || booting.includes(code), cause: error };
  return new DialError(code, `port ${port} of machine ${cid}: ${messageOf(error)}`, options);
}

function codeOf(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown };
  if (typeof code === "string") return code;
  // Deno's own errors have names; this one says which permission is missing.
  if (name === "NotCapable") return "EACCES";
  // And where it has no name for an errno either, that is in the message only.
  const [, number] = /\(os error (\d+)\)$/.exec(messageOf(error)) ?? [];
  return Object.entries(errno).find(([, known]) => known === Number(number))?.[0] ?? "EIO";
}

function messageOf(error: unknown): string {
  return String((error as { message?: unknown }).message ?? error);
}

/** A signal ended the tries. */
export function canceled(cause: unknown): DialError {
  return new DialError("ECANCELED", "its signal was aborted", { mayPass: false, cause });
}
