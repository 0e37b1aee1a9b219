import { realpathSync } from "node:fs";

/** A directory as the mount table calls it: without links. One that is not there is called as it was given. */
export function realDirectory(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
