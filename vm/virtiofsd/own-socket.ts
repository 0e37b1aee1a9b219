import { Buffer } from "node:buffer";
import { accessSync, constants, lstatSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env, geteuid } from "node:process";
import { ownedName, SOCKET_NAME } from "../owner/names.ts";
import { isListening } from "./listening.ts";

/** The path of a socket that is to be made, and the directory that is to be made for it. */
export interface OwnSocket {
  readonly path: string;
  /** "" if the directory is somebody else's. */
  readonly room: string;
}

/**
 * A socket in a directory that only this user enters, of $XDG_RUNTIME_DIR, /run, or the directory for temporary files. Neither is there
 * yet: whoever makes them removes them, too.
 */
export function ownSocket(): OwnSocket {
  const name = ownedName("socket");
  const places = [env.XDG_RUNTIME_DIR ?? "", geteuid?.() === 0 ? "/run" : "", tmpdir(), "/tmp"];
  const rooms = places.filter(isWritable).map((place) => join(place, name));
  const room = rooms.find((one) => Buffer.byteLength(one) < LONGEST_ROOM) ?? join(tmpdir(), name);
  return { path: join(room, SOCKET_NAME), room };
}

// A socket's path has at most 107 bytes.
const LONGEST_ROOM = 90;

function isWritable(place: string): boolean {
  try {
    accessSync(place, constants.W_OK);
    return place.startsWith("/");
  } catch {
    return false;
  }
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
