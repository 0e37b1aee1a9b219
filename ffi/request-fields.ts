import { isAbsolute } from "node:path";
import { normalize } from "node:path/posix";
import type { Mount } from "../mod.ts";

// What a request says, before the core has judged it: a field may be anything.

/**
 * The absolute path of a mount's source, without slashes behind it, as steps that copy have it; undefined for the name of a
 * filesystem.
 */
export function sourcePath({ source, type, options }: Mount, bundle: unknown): string | undefined {
  if (typeof source !== "string" || source === "") return undefined;
  const named = withoutSlashes(source);
  if (isAbsolute(source)) return named || "/";
  const words = stringsIn(options);
  const saysBind = words.includes("bind") || words.includes("rbind");
  const isBind = saysBind || type === undefined || ["", "none", "bind"].includes(type);
  return isBind && typeof bundle === "string" ? `${withoutSlashes(bundle)}/${named}` : undefined;
}

/** A path without the slashes behind it; empty for the root. */
export function withoutSlashes(path: string): string {
  let end = path.length;
  while (path[end - 1] === "/") end -= 1;
  return path.slice(0, end);
}

/** Whether a mount brings along all mounts below its source. */
export function isRecursive({ options }: Mount): boolean {
  return stringsIn(options).includes("rbind");
}

/** The directories of an overlay, as Kata's parseErofsRootFsOptions takes them from its options. */
export function overlayLayers(options: unknown): string[] {
  const words = stringsIn(options);
  const valuesOf = (key: string) =>
    words.filter((word) => word.startsWith(key)).map((word) => word.slice(key.length));
  return [...valuesOf("lowerdir=").flatMap((paths) => paths.split(":")), ...valuesOf("upperdir=").slice(-1)];
}

/** Whether a value can have fields. */
export function isRecord(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function stringsIn(list: unknown): string[] {
  return Array.isArray(list) ? list.filter((one) => typeof one === "string") : [];
}

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
