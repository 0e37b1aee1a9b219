import { accessSync, constants, existsSync, realpathSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { type MountEntry, type MountTable, readMountinfo } from "../../table/mod.ts";
import { escaped } from "../print/escaped.ts";
import { bad, type Check, ok } from "./check.ts";
import { fileText } from "./files.ts";

/** How / propagates, and whether sandboxes can be made in their directory, and how it propagates. */
export function checkPlaces(hostDir: string): Check[] {
  const { mounts } = readMountinfo(fileText("/proc/self/mountinfo") ?? "");
  return [ok("propagation of /", propagationAt(mounts, "/")), checkHostDir(mounts, hostDir)];
}

function checkHostDir(mounts: MountTable, hostDir: string): Check {
  let above = hostDir;
  while (!existsSync(above)) above = dirname(above);
  const name = "host directory";
  const place = escaped(hostDir);
  const choose = "choose another one by --host-dir";
  if (!statSync(above).isDirectory())
    return bad(name, `${escaped(above)} is no directory`, `remove it, or ${choose}`);
  try {
    accessSync(above, constants.W_OK | constants.X_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return bad(name, `${place} cannot be written into: ${code} at ${escaped(above)}`, choose);
  }
  const how = propagationAt(mounts, realpathSync(above));
  return ok(name, `${place}${above === hostDir ? "" : ", which is yet to be made"}, ${how}`);
}

// Either is fine: each sandbox's guard is private, whatever it is on.
function propagationAt(mounts: MountTable, path: string): string {
  const mount = mountAt(mounts, path);
  if (!mount) return "unknown";
  const words = [
    ...(mount.peerGroup > 0 ? ["shared"] : []),
    ...(mount.master > 0 ? ["slave"] : []),
    ...(mount.isUnbindable ? ["unbindable"] : []),
  ];
  return words.join(" and ") || "private";
}

// Of those that are mounted there or above, the longest; of several at one place the last.
function mountAt(mounts: MountTable, path: string): MountEntry | undefined {
  let found: MountEntry | undefined;
  for (const mount of mounts) {
    const isAbove = mount.target === "/" || path === mount.target || path.startsWith(`${mount.target}/`);
    if (isAbove && mount.target.length >= (found?.target.length ?? 0)) found = mount;
  }
  return found;
}
