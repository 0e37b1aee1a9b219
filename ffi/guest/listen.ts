import { Buffer } from "node:buffer";
import type { Server } from "node:net";
import { EmbeddedGuestError } from "./guest-error.ts";

// struct sockaddr_un's sun_path has 108 bytes, the last one 0. What is longer would be cut, or refused without a reason.
const LONGEST_PATH = 107;

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: "something has this name; a socket that nobody listens on any more has to be removed",
  // Node says so of a directory that is missing too.
  EACCES: "its directory is missing, or may not be written to",
  ENOENT: "its directory is missing",
};

/**
 * Lets a server listen on a unix socket.
 *
 * @throws {EmbeddedGuestError} where it cannot.
 */
export async function listenOn(server: Server, path: string): Promise<void> {
  checkSocketPath(path);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject).listen(path, () => {
        server.off("error", reject);
        resolve();
      });
    });
  } catch (cause) {
    throw new EmbeddedGuestError("socket", path, { ...stateOf(cause), cause });
  }
}

function stateOf(cause: unknown): { code: string; reason: string } {
  const { code, name, message } = cause as { code?: string; name?: string; message?: string };
  // Deno's own errors have no code; this one says which permission is missing.
  if (name === "NotCapable") return { code: "EACCES", reason: String(message) };
  return { code: code ?? "EIO", reason: reasons[code ?? ""] ?? String(message) };
}

function checkSocketPath(path: string): void {
  if (!path.startsWith("/") || /[\0\p{Surrogate}]/u.test(path))
    throw new EmbeddedGuestError("socket", path, {
      code: "EINVAL",
      reason: "it has to be an absolute path, of text without NUL",
    });
  const length = Buffer.byteLength(path);
  if (length > LONGEST_PATH)
    throw new EmbeddedGuestError("socket", path, {
      code: "ENAMETOOLONG",
      reason: `it has ${length} bytes, and a socket's path at most ${LONGEST_PATH}`,
    });
}
