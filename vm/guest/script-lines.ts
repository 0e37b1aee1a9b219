import { cleanTarget } from "./clean-target.ts";
import type { GuestMount } from "./guest-mount.ts";
import { GuestMountError } from "./guest-mount-error.ts";
import { lineOf } from "./script-line.ts";
import { shellWord } from "./shell/word.ts";

/**
 * The lines of a script for all mounts, in order. What is there twice is said once, as is what several containers have in common at
 * one place: as with the agent, the first wins. Throws `GuestMountError` for what a script cannot say.
 */
export function linesOf(mounts: readonly GuestMount[]): string[] {
  checkTags(mounts);
  const sealed = new Set(mounts.flatMap(({ kind, target }) => (kind === "readonly" ? [target] : [])));
  const lines = pagesOf(mounts);
  let within = "";
  for (const mount of firstOfEach(mounts)) {
    const root = "root" in mount && mount.root !== undefined ? mount.root : "";
    if (root !== within) lines.push(withinLine(root, sealed));
    within = root;
    lines.push(lineOf(mount));
  }
  return lines;
}

function withinLine(root: string, sealed: ReadonlySet<string>): string {
  if (root === "") return "within";
  return `within ${shellWord(cleanTarget(root))}${sealed.has(root) ? " ro" : ""}`;
}

function firstOfEach(mounts: readonly GuestMount[]): GuestMount[] {
  const seen = new Set<string>();
  return mounts.filter(({ kind, target }) => {
    const place = `${kind === "readonly" ? "ro" : ""}${cleanTarget(target)}`;
    return !seen.has(place) && seen.add(place);
  });
}

function checkTags(mounts: readonly GuestMount[]): void {
  const tags = new Set(
    mounts.flatMap(({ kind, source }: GuestMount & { source?: string }) => (kind === "view" ? [source] : [])),
  );
  if (tags.size > 1) throw new GuestMountError("tag", [...tags].join(" "));
}

// The kernel has one number of huge pages for each size.
function pagesOf(mounts: readonly GuestMount[]): string[] {
  const counts = new Map<number, number>();
  for (const mount of firstOfEach(mounts)) {
    if (mount.kind !== "filesystem" || mount.filesystem !== "hugetlbfs") continue;
    const [size = 0, page = 0] = ["size", "pagesize"].map((key) => bytesOf(key, mount.options));
    if (page > 0) counts.set(page, (counts.get(page) ?? 0) + Math.floor(size / page));
  }
  return [...counts].map(([page, count]) => `pages ${page / 1024} ${count}`);
}

function bytesOf(key: string, options: readonly string[]): number {
  const value = options.find((option) => option.startsWith(`${key}=`))?.slice(key.length + 1) ?? "";
  return /^\d{1,15}$/.test(value) ? Number(value) : 0;
}
