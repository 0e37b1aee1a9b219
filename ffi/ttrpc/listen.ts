import { createServer, type Server, type Socket } from "node:net";
import { socketNameFault, socketPathFault } from "./socket-path.ts";

/** Why a server cannot listen. */
export interface ListenFailure {
  readonly code: string;
  readonly reason: string;
  readonly cause?: unknown;
}

/**
 * A server cannot listen on an address.
 *
 * @example
 * ```ts
 * import { TtrpcListenError, TtrpcServer } from "guestshare/ttrpc";
 *
 * try {
 *   await new TtrpcServer().listen("unix:///run/nothing/greeter.sock");
 * } catch (error) {
 *   if (!(error instanceof TtrpcListenError)) throw error;
 *   console.log(error.message.startsWith('Cannot listen on "unix:///run/nothing/greeter.sock": E')); // true
 * }
 * ```
 */
export class TtrpcListenError extends Error {
  /** Always "TtrpcListenError". */
  override readonly name = "TtrpcListenError";
  /** The address. */
  readonly address: string;
  /** An errno's name, such as "EADDRINUSE"; "EINVAL" for a text that is no address. */
  readonly code: string;
  /** What the code means here. */
  readonly reason: string;

  /** Of an address, and why nobody can listen there. */
  constructor(address: string, { code, reason, cause }: ListenFailure) {
    super(`Cannot listen on ${JSON.stringify(address)}: ${code} (${reason})`, { cause });
    this.address = address;
    this.code = code;
    this.reason = reason;
  }
}

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: "the path exists; a socket that nobody listens on any more has to be removed",
  // Node says so of a missing directory, too.
  EACCES: "its directory is missing, or may not be written to",
  ENOENT: "its directory is missing",
};

/**
 * A server that listens on a unix socket.
 *
 * @throws {TtrpcListenError} if it cannot.
 */
export async function listenOn(address: string, serve: (socket: Socket) => void): Promise<Server> {
  const path = pathIn(address);
  const server = createServer(serve);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject).listen(path, () => {
        server.off("error", reject);
        resolve();
      });
    });
    return server;
  } catch (cause) {
    throw new TtrpcListenError(address, { ...stateOf(cause), cause });
  }
}

function pathIn(address: string): string {
  const [, name] = /^unix:\/\/([\s\S]*)$/.exec(String(address)) ?? [];
  if (name === undefined || name === "@")
    throw new TtrpcListenError(String(address), {
      code: "EINVAL",
      reason: 'has to be "unix://<path>" or "unix://@<abstract name>"',
    });
  const isAbstract = name.startsWith("@");
  const fault = isAbstract ? socketNameFault(name.slice(1)) : socketPathFault(name);
  if (fault) throw new TtrpcListenError(address, { code: fault.code, reason: `its path ${fault.reason}` });
  return isAbstract ? `\0${name.slice(1)}` : name;
}

function stateOf(cause: unknown): { code: string; reason: string } {
  const { code, name, message } = cause as { code?: string; name?: string; message?: string };
  // Deno's own errors have no code; the message of this one names the missing permission.
  if (name === "NotCapable") return { code: "EACCES", reason: String(message) };
  return { code: code ?? "EIO", reason: reasons[code ?? ""] ?? String(message) };
}
