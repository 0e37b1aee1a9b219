import { lstatSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env, geteuid } from "node:process";
import { isListening } from "./listening.ts";

/** The path of a socket that is to be made, and the directory that was made for it. */
export interface OwnSocket {
  readonly path: string;
  /** "" if the directory is somebody else's. */
  readonly room: string;
}

/** A socket in a new directory that only this user enters: of $XDG_RUNTIME_DIR, /run, or the one for temporary files. */
export function ownSocket(): OwnSocket {
  const places = [env.XDG_RUNTIME_DIR ?? "", geteuid?.() === 0 ? "/run" : "", tmpdir()];
  for (const place of places.filter((one) => one.startsWith("/"))) {
    try {
      const room = mkdtempSync(join(place, "guestshare-virtiofsd-"));
      return { path: join(room, "virtiofsd.sock"), room };
    } catch (error) {
      if (place === places.at(-1)) throw error;
    }
  }
  throw new Error("there is no directory for temporary files");
}

/** Why no socket may be made at a path: both programs delete what is there. Undefined if one may. */
export function socketInTheWay(path: string): { code: string; reason: string } | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  if (!found.isSocket())
    return { code: "EEXIST", reason: `${JSON.stringify(path)} is there, and is no socket` };
  if (!isListening(path)) return undefined;
  return { code: "EADDRINUSE", reason: `${JSON.stringify(path)} is the socket of another process` };
}
