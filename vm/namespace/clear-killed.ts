import { existsSync, readdirSync } from "node:fs";
import { gc } from "../../ffi/mod.ts";
import { hostDirOf } from "../shares/default-directory.ts";
import { isMachineRoot } from "./machine-root.ts";

/**
 * Removes what an ordinary user's programs that were killed left in a directory of shares, or in his default one. In a namespace of his
 * own he could not tell: nobody there may look whether other namespaces have a process.
 */
export async function clearKilled(directory: string | undefined): Promise<void> {
  if (isMachineRoot()) return; // who opens them again may look
  const hostDir = hostDirOf("s1", directory);
  if (hostDir === undefined || !existsSync(hostDir) || readdirSync(hostDir).length === 0) return;
  await gc({ hostDir, remove: true });
}
