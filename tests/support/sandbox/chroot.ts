import { lstatSync, mkdirSync, readdirSync, readlinkSync, symlinkSync } from "node:fs";
import { mount } from "../mounts.ts";

/** A directory that is no mount point, and has all that is at "/": what to put a command behind that runs in it. */
export function chrootIn(root: string): readonly string[] {
  mkdirSync(root);
  for (const name of readdirSync("/")) {
    const entry = lstatSync(`/${name}`);
    if (entry.isSymbolicLink()) symlinkSync(readlinkSync(`/${name}`), `${root}/${name}`);
    if (!entry.isDirectory()) continue;
    mkdirSync(`${root}/${name}`);
    mount("--rbind", `/${name}`, `${root}/${name}`);
    mount("--make-rprivate", `${root}/${name}`);
  }
  return ["chroot", root];
}
