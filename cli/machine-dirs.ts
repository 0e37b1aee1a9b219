import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { loadSync, type Sandbox } from "../mod.ts";
import type { Io } from "./io.ts";

/** The directories of machines that there are: root's, and this user's own. */
export function machineHostDirs({ env }: Io): string[] {
  const { XDG_RUNTIME_DIR = "" } = env;
  // A path of whatever form, which may lead nowhere.
  const rootlessDir = resolve(XDG_RUNTIME_DIR);
  const own = XDG_RUNTIME_DIR.startsWith("/") && existsSync(rootlessDir) ? [{ rootlessDir }] : [];
  const places = [{}, ...own].map((place) => hostDirIn({ id: "s1", profile: "vm", ...place }));
  return [...new Set(places)].filter((directory) => existsSync(directory));
}

function hostDirIn(sandbox: Sandbox): string {
  return dirname(loadSync().plan({ op: "cleanup", sandbox }).directory);
}
