import { existsSync, lstatSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { loadSync, type Sandbox } from "../mod.ts";
import type { Io } from "./io.ts";

/** The directories of machines that there are and belong to this user. */
export function machineHostDirs({ env }: Io): string[] {
  const { XDG_RUNTIME_DIR = "" } = env;
  // A path of whatever form, which may lead nowhere.
  const rootlessDir = resolve(XDG_RUNTIME_DIR);
  const own = XDG_RUNTIME_DIR.startsWith("/") && existsSync(rootlessDir) ? [{ rootlessDir }] : [];
  const places = [{}, ...own].map((place) => hostDirIn({ id: "s1", profile: "vm", ...place }));
  const { uid } = statSync("/proc/self");
  // Where the system has no other place for an ordinary user.
  const temporary = uid === 0 ? [] : [`/tmp/guestshare-${uid}`];
  return [...new Set([...places, ...temporary])].filter((directory) => isOwn(directory, uid));
}

// What another user has is not for this one to look at.
function isOwn(directory: string, uid: number): boolean {
  const found = lstatSync(directory, { throwIfNoEntry: false });
  return found?.isDirectory() === true && found.uid === uid;
}

/** The directory that a sandbox is in, with others. */
export function hostDirIn(sandbox: Sandbox): string {
  return dirname(loadSync().plan({ op: "cleanup", sandbox }).directory);
}
