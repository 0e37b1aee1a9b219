import { Buffer } from "node:buffer";
import type { Host } from "./host.ts";
import { pathInFilesystem } from "./mount.ts";
import type { Statx } from "./structs.ts";

/** A file, and its path in the filesystem that it is on. */
export interface Located {
  readonly file: Statx;
  /** As in the table of mounts, each byte is one character. */
  readonly path: string;
}

/** The path of an open file in its filesystem; undefined on a mount that is none of this namespace. */
export function locate({ sys, table }: Host, fd: number): Located | undefined {
  const file = sys.statx(fd);
  const mount = table.of(file);
  return mount && { file, path: pathInFilesystem(mount, sys.pathOf(fd)) || "/" };
}

/** The path from a directory to itself or a file below, on the same filesystem: empty, or with a slash first. */
export function pathBetween(directory: Located, inner: Located): string | undefined {
  const top = directory.path === "/" ? "" : directory.path;
  const isInside = inner.path === directory.path || inner.path.startsWith(`${top}/`);
  if (!isInside || !directory.file.isSameDevice(inner.file)) return undefined;
  return inner.path === "/" ? "" : Buffer.from(inner.path.slice(top.length), "latin1").toString("utf8");
}
