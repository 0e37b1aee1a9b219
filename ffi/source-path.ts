import { isAbsolute } from "node:path";
import type { Mount } from "../mod.ts";

/**
 * The absolute path of a mount's source, without slashes behind it, as steps that copy have it; undefined for the name of a
 * filesystem.
 */
export function sourcePath({ source, type, options }: Mount, bundle: unknown): string | undefined {
  if (typeof source !== "string" || source === "") return undefined;
  const named = withoutSlashes(source);
  if (isAbsolute(source)) return named || "/";
  const words: readonly unknown[] = Array.isArray(options) ? options : [];
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
