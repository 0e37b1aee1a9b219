import type { FileStatx } from "../linux/structs.ts";
import type { Sending } from "./sender.ts";

/** No bytes of a file. */
export const NOTHING: Uint8Array = new Uint8Array();

/** What a request says of a file and a slice of it, of a directory, or of a link and where it leads. */
export function sendingOf(
  { type, mode, uid, gid }: FileStatx,
  { size, offset, data }: { size: number; offset: number; data: Uint8Array },
): Sending {
  return { fileSize: size, fileMode: type | mode, uid, gid, offset, data };
}

/**
 * Whether a file has bits that do not arrive: the agent changes the mode and then the owner, and on that Linux takes these
 * away, from root too; the group's only where the group may execute the file.
 */
export function losesBits({ mode }: FileStatx): boolean {
  return (mode & 0o4000) !== 0 || (mode & 0o2010) === 0o2010;
}
