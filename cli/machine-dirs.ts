import { existsSync, lstatSync, statSync } from "node:fs";
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
  const hostDirs = [...new Set(places)].filter((directory) => existsSync(directory));
  return [...hostDirs, ...ownTemporary()];
}

// Where the system has no other place for an ordinary user.
function ownTemporary(): string[] {
  const { uid } = statSync("/proc/self");
  const path = `/tmp/guestshare-${uid}`;
  const found = lstatSync(path, { throwIfNoEntry: false });
  return uid !== 0 && found?.isDirectory() && found.uid === uid ? [path] : [];
}

function hostDirIn(sandbox: Sandbox): string {
  return dirname(loadSync().plan({ op: "cleanup", sandbox }).directory);
}
