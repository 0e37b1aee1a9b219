import { type MountsRead, readFindmnt, readMountinfo } from "../../table/mod.ts";

/** The mounts of a text: of a mountinfo, or of what `findmnt --json` prints. */
export function readTable(text: string): MountsRead {
  return isJson(text) ? readFindmnt(text) : readMountinfo(text);
}

/** Whether a text is that of a mount table. */
export function isTable(text: string): boolean {
  if (isJson(text)) return /^\s*\{\s*"filesystems"\s*:/.test(text);
  return /^\d+ \d+ \d+:\d+ \S+ \//.test(text);
}

function isJson(text: string): boolean {
  return /^\s*[{[]/.test(text);
}
