import { Buffer } from "node:buffer";
import { normalize } from "node:path/posix";
import type { Host } from "./host.ts";
import { pathInFilesystem } from "./mount.ts";
import type { Statx } from "./structs.ts";

// Kubelet mounts the directory of a volume that a container asks for (Kubernetes: subPath) on a path of its own:
// …/pods/<uid>/volume-subpaths/<volume>/<container>/<number>. What directory that is, only the mount says.

const IN_EMPTY_DIR = /^(.*\/kubernetes\.io~empty-dir\/[^/]+)\/[^/]/;
const SUB_PATH = /^(.*)\/volume-subpaths\/([^/]+)\/[^/]+\/[^/]+\/?$/;

/** The emptyDir that a path is in, or may be in by a mount of kubelet's; undefined where neither. */
export function emptyDirNear(source: string): string | undefined {
  if (!source.includes("/volume-subpaths/") && !source.includes("/kubernetes.io~empty-dir/"))
    return undefined;
  const path = normalize(source);
  const [, pod, name] = SUB_PATH.exec(path) ?? [];
  if (pod !== undefined) return `${pod}/volumes/kubernetes.io~empty-dir/${name}`;
  return IN_EMPTY_DIR.exec(path)?.[1];
}

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
